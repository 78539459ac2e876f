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
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "foreign_layer_id" integer;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_foreign_layer_id_foreign_layers_id_fk" FOREIGN KEY ("foreign_layer_id") REFERENCES "public"."foreign_layers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "users_foreign_layer_id_index" ON "users" USING btree ("foreign_layer_id");