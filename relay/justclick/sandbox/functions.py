"""The 20 functions of the API by name; a reading one never changes the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from relay.justclick.sandbox import contacts, goods, order_lists, orders
from relay.justclick.sandbox.answers import Reply
from relay.justclick.sandbox.shop import Asked

FUNCTIONS: Mapping[str, Callable[[Asked], Reply]] = {
    "AddLeadToGroup": contacts.add_lead_to_group,
    "UpdateSubscriberData": contacts.update_subscriber_data,
    "DeleteSubscribe": contacts.delete_subscribe,
    "GetLeadGroupStatuses": contacts.get_lead_group_statuses,
    "GetLeadGroups": contacts.get_lead_groups,
    "GetAllGroups": contacts.get_all_groups,
    "GetCountSubscribe": contacts.get_count_subscribe,
    "GetAllGoods": goods.get_all_goods,
    "AddGood": goods.add_good,
    "UpdateGood": goods.update_good,
    "DeleteGood": goods.delete_good,
    "CreateOrder": orders.create_order,
    "UpdateOrderStatus": orders.update_order_status,
    "DeleteOrder": orders.delete_order,
    "getOrderDetails": order_lists.get_order_details,
    "GetOrderInfo": order_lists.get_order_info,
    "getOrdersWithGoods": order_lists.get_orders_with_goods,
    "GetOrders": order_lists.get_orders,
    "GetBills": order_lists.get_bills,
    "GetPartnerStats": order_lists.get_partner_stats,
}
BY_LOWER_NAME: Mapping[str, str] = {name.lower(): name for name in FUNCTIONS}


def only_reads(function: str) -> bool:
    return function.startswith(("Get", "get"))
