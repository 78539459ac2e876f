CREATE TABLE "login_attempt_salt" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"salt" text DEFAULT gen_random_uuid()::text || gen_random_uuid()::text NOT NULL,
	CONSTRAINT "login_attempt_salt_only_row" CHECK ("login_attempt_salt"."is_only_row")
);
--> statement-breakpoint
CREATE TABLE "login_attempts" (
	"name_digest" text PRIMARY KEY NOT NULL,
	"attempts" uuid[] NOT NULL,
	"first_counted_at" timestamp with time zone NOT NULL,
	"last_counted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
INSERT INTO "login_attempt_salt" DEFAULT VALUES;
