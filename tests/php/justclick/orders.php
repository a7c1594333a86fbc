<?php
// The functions about orders of tests/php/justclick.php.

declare(strict_types=1);

const BILL_FIELDS = [
    'first_name' => 'first_name', 'surname' => 'last_name', 'otchestvo' => 'middle_name', 'middle_name' => 'middle_name',
    'phone' => 'phone', 'country' => 'country', 'region' => 'region', 'city' => 'city', 'address' => 'address',
    'postal_code' => 'postalcode', 'kupon' => 'kupon', 'tag' => 'tag', 'comment' => 'comment', 'domain' => 'domain',
];

function create_order(Shop $shop): void
{
    if (preg_match('/[^@\s]+@[^@\s]+\.\w{2,}/u', text('bill_email')) !== 1) {
        stop(600, "Wrong email: '" . text('bill_email') . "'");
    }
    $email = strtolower(text('bill_email'));
    $goods = is_array($_POST['goods'] ?? null) ? array_filter($_POST['goods'], 'is_array') : [];
    $goods !== [] or stop(603);
    $lines = [];
    $byPost = false;
    foreach ($goods as $good) {
        $name = (string) ($good['good_name'] ?? '');
        $known = $shop->goods()[$name] ?? stop(604, "Product not exist: $name");
        $byPost = $byPost || $known['good_type'] === 'real';
        $sum = empty($good['good_sum']) ? $known['good_sum'] : number_format((float) $good['good_sum'], 2, '.', '');
        $line = ['good_id' => $known['good_id'], 'id' => $name, 'title' => $known['good_title']];
        $lines[] = $line + ['sum' => $sum, 'price' => $known['good_sum']];
    }
    foreach ($byPost ? ['first_name', 'surname', 'country', 'city', 'address'] : [] as $needed) {
        text("bill_$needed") !== '' or stop(605);
    }
    $names = sorted_names($lines);
    foreach ($shop->orders() as $order) {
        $same = $order['email'] === $email && $order['pay_status'] === 'waiting' && sorted_names($order['items']) === $names;
        !$same || $order['made_at'] < time() - 3600 or stop(601, null, ['bill_id' => $order['id']]);
    }
    $created = ctype_digit(text('bill_created')) ? text('bill_created') : (string) time();
    $order = ['email' => $email, 'items' => $lines, 'created' => $created, 'made_at' => time()];
    $order += ['pay_status' => 'waiting', 'paid' => '0', 'payments' => 0];
    foreach (BILL_FIELDS as $sent => $kept) {
        $order[$kept] = text("bill_$sent") !== '' ? text("bill_$sent") : ($order[$kept] ?? '');
    }
    $order['utm'] = is_array($_POST['utm'] ?? null) ? $_POST['utm'] : [];
    $order = $shop->keepOrder($order);
    stop(0, $shop->field ? 'Order created' : 'order created', ['bill_id' => $order['id']]);
}

function sorted_names(array $lines): array
{
    $names = array_column($lines, 'id');
    sort($names, SORT_STRING);
    return $names;
}

function update_order_status(Shop $shop): void
{
    [$number, $status] = [text('bill_id'), text('status')];
    if (empty($number)) {
        stop($shop->field ? 3 : 203);
    }
    $dated = ctype_digit(text('date'));
    $short = !ctype_digit($number) || ($shop->field && $status === '');
    $short = $short || (in_array($status, ['sent', 'paid'], true) && !$dated) || ($status === 'sent' && text('rpo') === '');
    !$short or stop(3);
    $order = $shop->order($number) ?? stop(200);
    in_array($status, ['sent', 'paid', 'return', 'cancel'], true) or stop(201);
    if ($status === 'paid') {
        $order['pay_status'] !== 'cancel' or stop(202);
        $order['pay_status'] = 'paid';
        $order['paid'] = $order['paid'] !== '0' ? $order['paid'] : text('date');
        $order['payments'] += 1;
    } elseif ($status === 'cancel') {
        $order['pay_status'] = 'cancel';
    } else {
        $order = ['delivery' => $status, 'rpo' => text('rpo')] + $order;
    }
    $shop->keepOrder($order);
    stop(0, $shop->field ? 'OK' : 'order status changed');
}

function delete_order(Shop $shop): void
{
    !empty($_POST['bill_id']) or stop(203);
    $shop->removeOrder($shop->order(text('bill_id')) ?? stop($shop->field ? 200 : 302));
    stop(0, $shop->field ? 'OK' : 'order deleted');
}

function shown(array $order): array
{
    $told = array_map('strval', array_filter($order, 'is_scalar'));
    unset($told['made_at'], $told['payments'], $told['delivery'], $told['rpo']);
    $told += ['type' => '1', 'payway' => $order['paid'] !== '0' ? 'api' : '', 'good_count' => (string) count($order['items'])];
    $total = (float) array_sum(array_column($order['items'], 'sum'));
    $told['price'] = $told['bill_sum_topay'] = number_format($total, 2, '.', '');
    $told['link'] = ($order['domain'] !== '' ? "http://$order[domain]" : '') . "/order/$order[id]/";
    foreach ($order['utm'] as $name => $value) {
        $told['utm'][str_replace('utm_', '', (string) $name)] = $value;
    }
    $line = fn (array $line) => array_diff_key($line, ['good_id' => 0]) + ['pincode' => '', 'partners' => []];
    $told['items'] = array_map($line, $order['items']);
    return $told;
}

function order_details(Shop $shop): void
{
    $order = $shop->order(text('bill_id')) ?? stop(400);
    $more = ['good_ids' => implode(',', array_column($order['items'], 'good_id')), 'prepayment_enabled' => '0'];
    $more += ['prepayment_minsum' => '0.00'];
    stop(0, null, shown($order) + (empty($_POST['good_info']) ? [] : $more));
}

function order_info(Shop $shop): void
{
    $info = array_diff_key(shown($shop->order(text('bill_id')) ?? stop(400)), ['items' => 0]);
    stop(0, null, $shop->field ? [$info] : $info);
}

function orders_between(Shop $shop, int $since, int $until, bool $items): void
{
    $paid = !empty($_POST['paid']);
    $wanted = is_array($_POST['goods'] ?? null) ? $_POST['goods'] : array_filter(explode(',', text('goods')));
    $rows = [];
    foreach ($shop->orders() as $order) {
        $at = (int) $order[$paid ? 'paid' : 'created'];
        $about = $wanted === [] || array_intersect($wanted, array_column($order['items'], 'good_id')) !== [];
        if ($at >= $since && $at <= $until && $about && (!$paid || $order['pay_status'] === 'paid')) {
            $rows[] = $items ? shown($order) + ['is_recurrent' => '0'] : array_diff_key(shown($order), ['items' => 0]);
        }
    }
    $rows !== [] || !$shop->field or stop(401);
    stop(0, null, $rows);
}

function orders_with_goods(Shop $shop): void
{
    $moscow = new DateTimeZone('Europe/Moscow');
    $day = fn (string $name) => DateTimeImmutable::createFromFormat('!d.m.Y', text($name), $moscow) ?: null;
    $until = $day('end_date')?->modify('+1 day')->getTimestamp() ?? time() + 1;
    $since = ($day('begin_date') ?? new DateTimeImmutable('today', $moscow))->getTimestamp();
    orders_between($shop, max($since, $until - 31 * 86400), $until - 1, true);
}

function orders_plain(Shop $shop): void
{
    orders_between($shop, (int) text('date_s'), ctype_digit(text('date_e')) ? (int) text('date_e') : time(), false);
}

function bills(Shop $shop): void
{
    $email = email('email', 3);
    $rows = [];
    foreach ($shop->orders() as $order) {
        if ($order['email'] === $email && in_array(text('pay_status'), ['', $order['pay_status']], true)) {
            foreach ($order['items'] as $line) {
                $rows[$order['id']][$line['good_id']] = ['good_name' => $line['id'], 'good_title' => $line['title']];
            }
        }
    }
    $rows !== [] or stop(400);
    stop(0, null, $rows);
}
