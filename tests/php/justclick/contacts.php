<?php
// The functions about contacts and groups of tests/php/justclick.php.

declare(strict_types=1);

const ACTIVE = 'STATUS_SUBSCRIBE';
const LEFT = 'STATUS_UNSUBSCRIBE';
const WAITING = 'STATUS_WAIT';

function names_of(mixed $value): array
{
    $names = array_filter(is_array($value) ? $value : [$value], fn ($name) => is_string($name) && $name !== '');
    $names = array_unique($names);
    sort($names, SORT_STRING);
    return $names;
}

function add_lead(Shop $shop): void
{
    $email = email('lead_email', 100);
    $names = names_of($_POST['rid'] ?? null);
    $known = array_filter($names, fn ($name) => isset($shop->groups[$name]) || isset($shop->autoGroups[$name]));
    if ($known === [] || (!$shop->field && count($known) < count($names))) {
        $shop->field ? stop(0, TEXTS[103]) : stop(103);
    }
    $allowed = array_filter($known, fn ($name) => isset($shop->groups[$name]));
    if (!$shop->field && count($allowed) < count($known)) {
        stop(104, 'Subscription forbidden for ' . array_values(array_diff($known, $allowed))[0]);
    }
    $nobody = ['email' => $email, 'name' => '', 'phone' => '', 'city' => '', 'tags' => [], 'utm' => [], 'groups' => []];
    $contact = $shop->contact($email) ?? $nobody;
    $fresh = array_filter($allowed, fn ($name) => ($contact['groups'][$name]['status'] ?? '') !== ACTIVE);
    if ($fresh === []) {
        $shop->field ? stop(0, TEXTS[102]) : stop(102);
    }
    foreach (['name', 'phone', 'city'] as $what) {
        $contact[$what] = text("lead_$what") !== '' ? text("lead_$what") : $contact[$what];
    }
    $contact['tags'] = array_values(array_unique([...$contact['tags'], ...names_of(text('tag'))]));
    $contact['utm'] = array_replace($contact['utm'], is_array($_POST['utm'] ?? null) ? $_POST['utm'] : []);
    $mail = !empty($_POST['activation']);
    foreach ($fresh as $name) {
        $returns = ($contact['groups'][$name]['status'] ?? '') === LEFT;
        $contact['groups'][$name] = ['status' => $mail && !$returns ? WAITING : ACTIVE, 'at' => time()];
    }
    $shop->keepContact($contact);
    if ($mail) {
        stop(0, $shop->field ? 'Activation email sent to subscriber' : 'activation email sent to subscriber');
    }
}

function update_subscriber(Shop $shop): void
{
    $contact = $shop->contact(email('lead_email', 100)) ?? stop(500);
    foreach (['name', 'phone', 'city'] as $what) {
        $contact[$what] = isset($_POST["lead_$what"]) ? text("lead_$what") : $contact[$what];
    }
    if (isset($_POST['lead_tags'])) {
        $contact['tags'] = array_values(array_filter(array_map('trim', explode(',', text('lead_tags')))));
    }
    $shop->keepContact($contact);
}

function delete_subscribe(Shop $shop): void
{
    $names = names_of($_POST['rass_name'] ?? null);
    if ($names === []) {
        stop($shop->field ? 0 : 800);
    }
    foreach ($names as $name) {
        isset($shop->groups[$name]) || isset($shop->autoGroups[$name]) or stop(800);
        $contact = $shop->contact(strtolower(text('lead_email'))) ?? stop(801);
        if (isset($contact['groups'][$name])) {
            $contact['groups'][$name]['status'] = LEFT;
            $shop->keepContact($contact);
        }
    }
}

function group_statuses(Shop $shop): void
{
    $contact = $shop->contact(email('email', 3)) ?? stop(500);
    $contact['groups'] !== [] or stop(501);
    $rows = [];
    foreach ($contact['groups'] as $name => $member) {
        $rows[] = [
            'rass_name' => (string) $name,
            'rass_title' => $shop->groups[$name],
            'rass_status' => $member['status'],
            'subscription_time' => (string) $member['at'],
        ];
    }
    stop(0, null, $rows);
}

function lead_groups(Shop $shop): void
{
    $contact = $shop->contact(email('email', 3)) ?? stop($shop->field ? 501 : 500);
    $in = array_filter($contact['groups'], fn ($member) => $member['status'] !== LEFT);
    $in !== [] or stop(501);
    $row = fn ($name) => ['rass_name' => (string) $name, 'rass_title' => $shop->groups[$name]];
    stop(0, null, array_map($row, array_keys($in)));
}

function all_groups(Shop $shop): void
{
    $rows = [];
    foreach ($shop->groups as $name => $title) {
        $rows[] = ['rass_id' => (string) (count($rows) + 1), 'rass_name' => $name, 'rass_title' => $title];
    }
    stop(0, null, $rows);
}

function count_subscribe(Shop $shop): void
{
    $wanted = text('group_name') !== '' ? text('group_name') : stop(2);
    $known = isset($shop->groups[$wanted]) || isset($shop->autoGroups[$wanted]);
    $known || in_array($wanted, ['unique', 'all', 'alls'], true) or stop(501);
    $count = 0;
    foreach ($shop->contacts() as $contact) {
        $active = array_keys(array_filter($contact['groups'], fn ($member) => $member['status'] === ACTIVE));
        $count += match (true) {
            $known => (int) in_array($wanted, $active, true),
            $wanted === 'unique' => (int) ($active !== []),
            default => count($active),
        };
    }
    stop(0, null, $count);
}
