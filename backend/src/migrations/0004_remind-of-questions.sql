ALTER TABLE "prompts" ADD COLUMN "reminder_count" integer;--> statement-breakpoint
ALTER TABLE "prompts" ADD COLUMN "reminded_at" bigint;