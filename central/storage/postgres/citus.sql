-- Spreads the tables over the workers of a Citus cluster, by group. Written by
-- `python -m central.storage.postgres.citus` from the tables of the migrations; a test compares the two.
-- Run once by the owner, after `officine db migrate`, central stopped: psql -v ON_ERROR_STOP=1 -f citus.sql
-- Citus is no part of Debian: the script is checked for every table and key, but was not run.

BEGIN;
CREATE EXTENSION IF NOT EXISTS citus;
-- History refuses changes by triggers that touch their own row's shard alone.
SET LOCAL citus.enable_unsafe_triggers = on;
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- A table that is whole on every machine may not refer to one that is spread.
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conname FROM pg_constraint WHERE conrelid = 'pairing'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE pairing DROP CONSTRAINT %I', found.conname);
    END LOOP;
END $$;

SELECT create_distributed_table('pharmacy_group', 'group_id');
SELECT create_distributed_table('carer_ticket', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('line_store_line', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('line_store_tender', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('line_store_why', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('return_tender', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('sale_gift', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('sale_tender', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('account', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('article', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('association_deal', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('association_payout', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('association_turnover', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('card_keys', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('card_proof', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('chip_tap', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('claim_counter', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('claim_use', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('clearing_close', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('consumer', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('counter_act', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('event', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('funded_line', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('game', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('gift_batch', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('group_head', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('guess', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('guess_report', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('incident', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('ledger_transaction', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('line_store_return', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('offline_content', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('party', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('picture', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('pin', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('poster', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('programme_draft', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('programme_version', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('read_log', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('reservation', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('shop', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('staff_card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('token', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('value_act', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('article_code', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('article_text', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('article_version', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('hold', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('incident_note', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('lot', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('offline_bundle', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('parked_ticket', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('posting', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('price', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('shop_page', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('shop_stock', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('staff', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('till_act', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('allocation', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('call_back', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('card_replacement', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('carer', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('contact_code', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('correction', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('game_play', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('gift_card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('goodwill', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('hold_lot', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('household_member', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('invitation', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('lease', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('lost_report', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('lot_restore', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_association', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_consent', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_fact', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_form', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_merge', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_pharmacist', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_purchases', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_trait', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('member_word', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('message', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('sale', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('segment_member', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('shop_message', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('staff_shown', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('value_move', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('voucher', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('card_move', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('hot_card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('insured_card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('late_ticket', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('lease_draw', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('phone_card', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('sale_return', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_distributed_table('voucher_use', 'group_id', colocate_with => 'pharmacy_group');
SELECT create_reference_table('pairing');
COMMIT;
