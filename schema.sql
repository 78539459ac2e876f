-- The whole current schema, written by `npm run generate` from src/db.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE "public"."permission_action" AS ENUM('create', 'update', 'delete', 'list', 'read');
CREATE TABLE "imported_users" (
	"source" text NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text,
	"email" text,
	"email_confirmed" boolean,
	"active" boolean,
	"inactive_by" text,
	"role" text,
	"security_stamp_digest" text,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "imported_users_source_user_id_pk" PRIMARY KEY("source","user_id")
);

CREATE TABLE "foreign_layers" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "foreign_layers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"hash" text NOT NULL,
	"iterations" integer NOT NULL,
	"salt_length" integer NOT NULL,
	"key_length" integer NOT NULL,
	CONSTRAINT "foreign_layers_hash_iterations_salt_length_key_length_unique" UNIQUE("hash","iterations","salt_length","key_length"),
	CONSTRAINT "foreign_layers_hash" CHECK ("foreign_layers"."hash" in ('SHA-1', 'SHA-256', 'SHA-512')),
	CONSTRAINT "foreign_layers_iterations" CHECK ("foreign_layers"."iterations" between 1 and 100000)
);

CREATE TABLE "forgotten_requests" (
	"name_digest" text PRIMARY KEY NOT NULL,
	"requests" integer NOT NULL,
	"first_counted_at" timestamp with time zone NOT NULL
);

CREATE TABLE "login_attempt_salt" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"salt" text DEFAULT gen_random_uuid()::text || gen_random_uuid()::text NOT NULL,
	CONSTRAINT "login_attempt_salt_only_row" CHECK ("login_attempt_salt"."is_only_row")
);

CREATE TABLE "login_attempts" (
	"name_digest" text PRIMARY KEY NOT NULL,
	"attempts" uuid[] NOT NULL,
	"first_counted_at" timestamp with time zone NOT NULL,
	"last_counted_at" timestamp with time zone NOT NULL
);

CREATE TABLE "modules" (
	"key" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "modules_key_format" CHECK ("modules"."key" ~ '^[a-z][a-z0-9-]{0,49}$')
);

CREATE TABLE "notices" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"user_name" text NOT NULL,
	"address" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notices_kind" CHECK ("notices"."kind" in ('password_set', 'renamed', 'address_changed'))
);

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

CREATE TABLE "role_grants" (
	"role_id" integer NOT NULL,
	"module_key" text NOT NULL,
	"action" "permission_action" NOT NULL,
	CONSTRAINT "role_grants_role_id_module_key_action_pk" PRIMARY KEY("role_id","module_key","action")
);

CREATE TABLE "roles" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "roles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"is_admin" boolean DEFAULT false NOT NULL,
	CONSTRAINT "roles_name_unique" UNIQUE("name")
);

CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"user_name" text NOT NULL,
	"normalized_user_name" text COLLATE "C" NOT NULL,
	"email" text,
	"email_confirmed" boolean DEFAULT false NOT NULL,
	"password_hash" text,
	"foreign_layer_id" integer,
	"password_set_at" timestamp with time zone,
	"active" boolean DEFAULT true NOT NULL,
	"role_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_login_at" timestamp with time zone,
	CONSTRAINT "users_normalized_user_name_unique" UNIQUE("normalized_user_name")
);

ALTER TABLE "notices" ADD CONSTRAINT "notices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "password_links" ADD CONSTRAINT "password_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_module_key_modules_key_fk" FOREIGN KEY ("module_key") REFERENCES "public"."modules"("key") ON DELETE cascade ON UPDATE cascade;
ALTER TABLE "users" ADD CONSTRAINT "users_foreign_layer_id_foreign_layers_id_fk" FOREIGN KEY ("foreign_layer_id") REFERENCES "public"."foreign_layers"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "users" ADD CONSTRAINT "users_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "imported_users_user_id_index" ON "imported_users" USING btree ("user_id");
CREATE INDEX "password_links_user_id_index" ON "password_links" USING btree ("user_id");
CREATE INDEX "users_foreign_layer_id_index" ON "users" USING btree ("foreign_layer_id");
CREATE INDEX "users_role_id_normalized_user_name_index" ON "users" USING btree ("role_id","normalized_user_name");
CREATE INDEX "users_inactive_index" ON "users" USING btree ("normalized_user_name") WHERE not "users"."active";
CREATE INDEX "users_confirmed_address_index" ON "users" USING btree (lower("email")) WHERE "users"."email_confirmed";
CREATE INDEX "users_first_letter_index" ON "users" USING btree (left(lower("email"), 1),"normalized_user_name");
CREATE INDEX "users_first_letters_index" ON "users" USING btree (left(lower("email"), 2),"normalized_user_name");
CREATE INDEX "users_trigrams_index" ON "users" USING gin ("normalized_user_name" gin_trgm_ops,lower("email") gin_trgm_ops);

CREATE FUNCTION end_password_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE password_links SET ended_at = now() WHERE user_id = NEW.id AND ended_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER users_end_password_links AFTER UPDATE ON users FOR EACH ROW
WHEN (
  OLD.password_set_at IS DISTINCT FROM NEW.password_set_at
  OR OLD.active AND NOT NEW.active
  OR OLD.user_name IS DISTINCT FROM NEW.user_name
  OR OLD.email IS DISTINCT FROM NEW.email
  OR OLD.email_confirmed AND NOT NEW.email_confirmed
)
EXECUTE FUNCTION end_password_links();

INSERT INTO "login_attempt_salt" DEFAULT VALUES;
