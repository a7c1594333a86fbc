<?php
// Products and partners of tests/php/justclick.php, and the table of all functions.

declare(strict_types=1);

function all_goods(Shop $shop): void
{
    $goods = array_values($shop->goods());
    $goods !== [] || $shop->field or stop(700);
    stop(0, null, $goods);
}

function add_good(Shop $shop): void
{
    foreach (['good_name', 'good_type', 'good_title', 'good_sum'] as $needed) {
        !empty($_POST[$needed]) or stop(2);
    }
    $goods = $shop->goods();
    !isset($goods[text('good_name')]) or stop(301);
    $id = (string) (1 + max([30, ...array_column($goods, 'good_id')]));
    $sum = number_format((float) text('good_sum'), 2, '.', '');
    $type = text('good_type') === 'real' ? 'real' : 'digital';
    $goods[text('good_name')] = good($id, text('good_name'), text('good_title'), $sum, $type);
    $shop->keepGoods($goods);
}

function update_good(Shop $shop): void
{
    !empty($_POST['good_name']) or stop(2);
    $goods = $shop->goods();
    $good = $goods[text('good_name')] ?? stop(300);
    $good['good_sum'] = number_format((float) text('good_sum'), 2, '.', '');
    $good['good_title'] = text('good_title') !== '' ? text('good_title') : $good['good_title'];
    $shop->keepGoods([text('good_name') => $good] + $goods);
}

function delete_good(Shop $shop): void
{
    !empty($_POST['good_name']) or stop(2);
    $goods = $shop->goods();
    isset($goods[text('good_name')]) or stop(302);
    unset($goods[text('good_name')]);
    $shop->keepGoods($goods);
}

function partner_stats(Shop $shop): void
{
    foreach (['partner', 'date_from', 'date_to'] as $needed) {
        !empty($_POST[$needed]) or stop(2);
    }
    text('partner') === 'partner1' or stop(1000);
    $sums = ['earned_total' => '0.00', 'topay_total' => '0.00', 'clicks_total' => '0'];
    stop(0, null, $sums + ['leads_total' => '0', 'bills_total' => '0', 'partners_total' => '0']);
}

const FUNCTIONS = [
    'AddLeadToGroup' => 'add_lead',
    'UpdateSubscriberData' => 'update_subscriber',
    'DeleteSubscribe' => 'delete_subscribe',
    'GetLeadGroupStatuses' => 'group_statuses',
    'GetLeadGroups' => 'lead_groups',
    'GetAllGroups' => 'all_groups',
    'GetCountSubscribe' => 'count_subscribe',
    'GetAllGoods' => 'all_goods',
    'AddGood' => 'add_good',
    'UpdateGood' => 'update_good',
    'DeleteGood' => 'delete_good',
    'CreateOrder' => 'create_order',
    'UpdateOrderStatus' => 'update_order_status',
    'DeleteOrder' => 'delete_order',
    'getOrderDetails' => 'order_details',
    'GetOrderInfo' => 'order_info',
    'getOrdersWithGoods' => 'orders_with_goods',
    'GetOrders' => 'orders_plain',
    'GetBills' => 'bills',
    'GetPartnerStats' => 'partner_stats',
];
