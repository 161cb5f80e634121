-- name: lock_webhooks
-- Takes turns at making webhooks of a workspace, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('webhooks/' || $1::uuid, 0));

-- name: webhook_by_request
-- The webhook that a request id made.
select * from webhooks where workspace_id = $1 and request_id = $2;

-- name: webhooks
-- All webhooks of a workspace, the oldest first.
select * from webhooks where workspace_id = $1 order by webhook_id limit $2;

-- name: webhook
-- One webhook.
select * from webhooks where workspace_id = $1 and webhook_id = $2;

-- name: lock_webhook
-- One webhook, locked against change.
select * from webhooks where workspace_id = $1 and webhook_id = $2 for update;

-- name: insert_webhook
-- Makes a webhook.
insert into webhooks (
    workspace_id, webhook_id, url, event_types, display_name, secret, disabled, request_id,
    leased_until, created_at, updated_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)
returning *;

-- name: update_webhook
-- Changes a webhook that the caller holds; one that is enabled again has failed never yet.
update webhooks set url = $3, event_types = $4, display_name = $5, disabled = $6, updated_at = $7,
    disabled_reason = case when $6 then disabled_reason else '' end,
    failing_since = case when disabled and not $6 then null else failing_since end
where workspace_id = $1 and webhook_id = $2
returning *;

-- name: rotate_webhook_secret
-- Gives a webhook a new secret; the one before signs too until a time.
update webhooks set former_secret = secret, former_until = $4, secret = $3, updated_at = $5
where workspace_id = $1 and webhook_id = $2
returning *;

-- name: delete_webhook
-- Deletes a webhook with its log.
delete from webhooks where workspace_id = $1 and webhook_id = $2 returning webhook_id;

-- name: deliveries_page
-- A page of a webhook's messages, the newest first, before one (null: from the newest).
select d.* from webhook_deliveries d
where d.webhook_id = $1 and ($2::uuid is null or d.message_id < $2)
order by d.message_id desc
limit $3;

-- name: attempts_of
-- The last attempts to send these messages.
select a.* from webhook_deliveries d
join webhook_attempts a on a.webhook_id = d.webhook_id and a.message_id = d.message_id
    and a.number > d.attempts - $3
where d.webhook_id = $1 and d.message_id = any($2::uuid[])
order by a.message_id, a.number;

-- name: lock_delivery
-- One message, locked against change.
select * from webhook_deliveries where webhook_id = $1 and message_id = $2 for update;

-- name: replay_delivery
-- Lets a message be sent again, with all its tries before it.
update webhook_deliveries set state = 'WAITING', tries = 0, next_attempt_at = $3
where webhook_id = $1 and message_id = $2
returning *;

-- name: claim_webhook
-- The webhook that waited longest among those with a message that is due, leased until a time.
with recursive waiting as (
    (select webhook_id from webhook_deliveries where state = 'WAITING' order by webhook_id limit 1)
    union all
    select (
        select d.webhook_id from webhook_deliveries d
        where d.state = 'WAITING' and d.webhook_id > waiting.webhook_id
        order by d.webhook_id limit 1
    )
    from waiting where waiting.webhook_id is not null
)
update webhooks set leased_until = $2
where webhook_id = (
    select w.webhook_id from webhooks w
    join waiting on waiting.webhook_id = w.webhook_id
    where w.leased_until <= $1 and exists (
        select from webhook_deliveries d
        where d.webhook_id = w.webhook_id and d.state = 'WAITING' and d.next_attempt_at <= $1
    )
    order by w.leased_until
    limit 1
    for update of w skip locked
)
returning *;

-- name: due_deliveries
-- The messages of a webhook that are due, the longest due first.
select * from webhook_deliveries
where webhook_id = $1 and state = 'WAITING' and next_attempt_at <= $2
order by next_attempt_at, message_id
limit $3;

-- name: settle_delivery
-- Notes what an attempt came to, unless another was noted meanwhile; whether it was.
update webhook_deliveries set state = $4, attempts = attempts + 1, tries = tries + 1, next_attempt_at = $5
where webhook_id = $1 and message_id = $2 and attempts = $3 and state = 'WAITING'
returning attempts;

-- name: insert_attempt
-- Keeps an attempt in the log.
insert into webhook_attempts (webhook_id, message_id, number, began_at, duration_ms, status, response, error)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: release_webhook
-- Gives up a lease, and notes whether the last attempts failed (null: there were none): since when they do.
update webhooks set leased_until = $2, failing_since = case
    when $3::boolean is null then failing_since
    when $3 then coalesce(failing_since, $2)
end
where webhook_id = $1
returning failing_since;

-- name: disable_webhook
-- Sends nothing more to a webhook, for a reason.
update webhooks set disabled = true, disabled_reason = $2, updated_at = $3 where webhook_id = $1 and not disabled;

-- name: drop_deliveries
-- Fails what waits for a webhook that is disabled.
update webhook_deliveries set state = 'FAILED' where webhook_id = $1 and state = 'WAITING';

-- name: remove_old_deliveries
-- Removes messages that wait no more and were made before a time, up to a limit; how many.
with gone as (
    delete from webhook_deliveries where ctid = any(array(
        select ctid from webhook_deliveries where created_at < $1 and state <> 'WAITING'
        order by created_at limit $2
        for update skip locked
    ))
    returning 1
)
select count(*)::int as removed from gone;
