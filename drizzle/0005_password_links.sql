CREATE TABLE "forgotten_requests" (
	"name_digest" text PRIMARY KEY NOT NULL,
	"requests" integer NOT NULL,
	"first_counted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"user_name" text NOT NULL,
	"address" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notices_kind" CHECK ("notices"."kind" in ('password_set', 'renamed', 'address_changed'))
);
--> statement-breakpoint
CREATE TABLE "password_links" (
	"token_digest" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"is_mailed" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "password_links_kind" CHECK ("password_links"."kind" in ('invitation', 'reset', 'forgotten'))
);
--> statement-breakpoint
ALTER TABLE "imported_users" ADD COLUMN "email_confirmed" boolean;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_confirmed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_links" ADD CONSTRAINT "password_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "password_links_user_id_index" ON "password_links" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "users_confirmed_address_index" ON "users" USING btree (lower("email")) WHERE "users"."email_confirmed";--> statement-breakpoint
CREATE FUNCTION end_password_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE password_links SET ended_at = now() WHERE user_id = NEW.id AND ended_at IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_end_password_links AFTER UPDATE ON users FOR EACH ROW
WHEN (
  OLD.password_set_at IS DISTINCT FROM NEW.password_set_at
  OR OLD.active AND NOT NEW.active
  OR OLD.user_name IS DISTINCT FROM NEW.user_name
  OR OLD.email IS DISTINCT FROM NEW.email
  OR OLD.email_confirmed AND NOT NEW.email_confirmed
)
EXECUTE FUNCTION end_password_links();