"""The 20 functions of JustClick's API 1.0, in the order of its documentation. A new one is a class and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from relay.justclick.functions import contacts, order_lists, orders, partners, products
from relay.justclick.functions.function import Function, Repeat

__all__ = ["FUNCTIONS", "Function", "Repeat", "find"]

FUNCTIONS: Mapping[str, type[Function]] = MappingProxyType(
    {
        function.name: function
        for function in (
            contacts.AddLeadToGroup,
            contacts.UpdateSubscriberData,
            contacts.DeleteSubscribe,
            contacts.GetLeadGroupStatuses,
            contacts.GetLeadGroups,
            contacts.GetAllGroups,
            contacts.GetCountSubscribe,
            products.GetAllGoods,
            products.AddGood,
            products.UpdateGood,
            products.DeleteGood,
            orders.CreateOrder,
            orders.UpdateOrderStatus,
            orders.DeleteOrder,
            order_lists.GetOrderDetails,
            order_lists.GetOrderInfo,
            order_lists.GetOrdersWithGoods,
            order_lists.GetOrders,
            order_lists.GetBills,
            partners.GetPartnerStats,
        )
    }
)


def find(name: str) -> type[Function]:
    """The function of this name, spelt as JustClick documents it. Raises KeyError."""
    return FUNCTIONS[name]
