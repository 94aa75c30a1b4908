CREATE TABLE "delivery_hours" (
	"webhook_id" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"succeeded" integer NOT NULL,
	"failed" integer NOT NULL,
	CONSTRAINT "delivery_hours_hour_webhook_id_pk" PRIMARY KEY("hour","webhook_id")
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"instance_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"values" jsonb NOT NULL,
	CONSTRAINT "samples_instance_id_at_pk" PRIMARY KEY("instance_id","at")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT date_trunc('milliseconds', clock_timestamp()) NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sessions_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "deliveries_given_up_newest" ON "deliveries" USING btree ("id") WHERE status in ('dead_letter', 'failed');