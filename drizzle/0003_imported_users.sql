CREATE TABLE "imported_users" (
	"source" text NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text,
	"email" text,
	"active" boolean,
	"inactive_by" text,
	"role" text,
	"security_stamp_digest" text,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "imported_users_source_user_id_pk" PRIMARY KEY("source","user_id")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "password_set_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "imported_users_user_id_index" ON "imported_users" USING btree ("user_id");--> statement-breakpoint
-- It cannot be told any more whether such a hash is of an imported password, which a login has renewed, or of a new
-- password. So no import overwrites it.
UPDATE "users" SET "password_set_at" = "updated_at" WHERE "password_hash" LIKE '$portero$v=1$p=%';
