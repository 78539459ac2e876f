CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
-- An administrator may have made the extension in a schema of its own. This statement looks there until the migration ends.
SELECT set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), quote_ident(nspname)), true)
FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "normalized_user_name" SET DATA TYPE text COLLATE "C";--> statement-breakpoint
CREATE INDEX "users_role_id_normalized_user_name_index" ON "users" USING btree ("role_id","normalized_user_name");--> statement-breakpoint
CREATE INDEX "users_inactive_index" ON "users" USING btree ("normalized_user_name") WHERE not "users"."active";--> statement-breakpoint
CREATE INDEX "users_first_letter_index" ON "users" USING btree (left(lower("email"), 1),"normalized_user_name");--> statement-breakpoint
CREATE INDEX "users_first_letters_index" ON "users" USING btree (left(lower("email"), 2),"normalized_user_name");--> statement-breakpoint
CREATE INDEX "users_trigrams_index" ON "users" USING gin ("normalized_user_name" gin_trgm_ops,lower("email") gin_trgm_ops);