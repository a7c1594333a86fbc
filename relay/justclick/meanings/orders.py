"""Codes of orders: 200 to 205, 302 and 303 (as orders), 400, 401, 600 to 606."""

from __future__ import annotations

from relay.justclick.meanings.meaning import Meaning, Verdict, row

_NO_ORDER_EN = "There is no order with this number in the account."
_NO_ORDER_RU = "В аккаунте нет заказа с таким номером."
_FIND_ORDER_EN = (
    "Check the number in JustClick: it may be another account's, or the order was deleted. Correct it, then replay."
)
_FIND_ORDER_RU = (
    "Проверьте номер в JustClick: он может быть от другого аккаунта, либо заказ удалён. Исправьте и повторите."
)
_GONE_EN = "The order is not there (any more), which is what was asked for."
_GONE_RU = "Заказа (больше) нет, а этого и добивались."
_STATUS_EN = "JustClick does not know this status."
_STATUS_RU = "JustClick не знает такого статуса."
_USE_STATUS_EN = "Use sent, paid, return or cancel in relay.yaml, map again and replay."
_USE_STATUS_RU = "Укажите в relay.yaml sent, paid, return или cancel и отправьте заново."

ROWS: tuple[Meaning, ...] = (
    row(
        0,
        "CreateOrder",
        "Order created",
        Verdict.DONE,
        en=("The order was created.", "Nothing to do."),
        ru=("Заказ создан.", "Делать ничего не нужно."),
        fragments=("order created",),
    ),
    row(
        200,
        "UpdateOrderStatus",
        "Nonexistent order",
        Verdict.DATA,
        en=(_NO_ORDER_EN, _FIND_ORDER_EN),
        ru=(_NO_ORDER_RU, _FIND_ORDER_RU),
    ),
    row(
        200,
        "DeleteOrder",
        "Nonexistent order",
        Verdict.DONE,
        en=(_GONE_EN, "Nothing to do, unless the number is a wrong one."),
        ru=(_GONE_RU, "Делать ничего не нужно, если только номер не ошибочный."),
    ),
    row(
        201,
        "UpdateOrderStatus",
        "Wrong status",
        Verdict.DATA,
        en=(_STATUS_EN, _USE_STATUS_EN),
        ru=(_STATUS_RU, _USE_STATUS_RU),
    ),
    row(
        202,
        "UpdateOrderStatus",
        "Order not paid",
        Verdict.UNCERTAIN,
        en=(
            "JustClick failed while it was marking the order as paid.",
            "Open the order in JustClick first. If it is not paid there, replay once or mark it by hand.",
        ),
        ru=(
            "JustClick не смог отметить заказ оплаченным.",
            "Сначала откройте заказ в JustClick. Если он там не оплачен, повторите один раз или отметьте вручную.",
        ),
    ),
    row(
        203,
        "DeleteOrder UpdateOrderStatus",
        "Order number is empty",
        Verdict.DATA,
        en=("The order's number was not sent.", "Correct bill_id in relay.yaml, map again and replay."),
        ru=("Номер заказа не передан.", "Исправьте bill_id в relay.yaml и отправьте заново."),
    ),
    row(
        204,
        "UpdateOrderStatus",
        "Order status is not changed",
        Verdict.FIX,
        en=("JustClick left the order's status as it was.", "Open the order in JustClick and change it there."),
        ru=("JustClick оставил статус заказа прежним.", "Откройте заказ в JustClick и измените статус там."),
    ),
    row(
        205,
        "UpdateOrderStatus",
        "Refund error: ...",
        Verdict.UNCERTAIN,
        en=(
            "The refund failed; the text says why.",
            "Open the order in JustClick and refund there. Do not repeat blindly.",
        ),
        ru=(
            "Возврат не прошёл; причина в тексте.",
            "Откройте заказ в JustClick и оформите возврат там, не повторяя вслепую.",
        ),
    ),
    row(
        302,
        "UpdateOrderStatus",
        "Nonexistent order",
        Verdict.DATA,
        en=(_NO_ORDER_EN, _FIND_ORDER_EN),
        ru=(_NO_ORDER_RU, _FIND_ORDER_RU),
        fragments=("nonexistent order",),
    ),
    row(
        302,
        "DeleteOrder",
        "Nonexistent order",
        Verdict.DONE,
        en=(_GONE_EN, "Nothing to do, unless the number is a wrong one."),
        ru=(_GONE_RU, "Делать ничего не нужно, если только номер не ошибочный."),
        fragments=("nonexistent order",),
    ),
    row(
        303,
        "UpdateOrderStatus",
        "Wrong status",
        Verdict.DATA,
        en=(_STATUS_EN, _USE_STATUS_EN),
        ru=(_STATUS_RU, _USE_STATUS_RU),
        fragments=("wrong status",),
    ),
    row(
        400,
        "GetBills GetOrderInfo getOrderDetails",
        "Order not found",
        Verdict.DATA,
        en=("An empty answer: there is no such order.", "Check the number or the e-mail; otherwise nothing to do."),
        ru=("Пустой ответ: такого заказа нет.", "Проверьте номер или e-mail; в остальном делать ничего не нужно."),
    ),
    row(
        401,
        "GetOrders getOrdersWithGoods",
        "Orders not found",
        Verdict.DATA,
        en=("An empty answer: no orders in this time.", "Nothing to do."),
        ru=("Пустой ответ: за это время заказов нет.", "Делать ничего не нужно."),
    ),
    row(
        600,
        "CreateOrder",
        "Wrong email: '...'",
        Verdict.DATA,
        en=(
            "JustClick does not take this e-mail address, so no order was created.",
            "Look at what the form sent. If the buyer can be reached, create the order in JustClick by hand.",
        ),
        ru=(
            "JustClick не принимает такой e-mail, заказ не создан.",
            "Посмотрите, что прислала форма. Если с покупателем можно связаться, создайте заказ в JustClick вручную.",
        ),
    ),
    row(
        601,
        "CreateOrder",
        "Order already exist. His number send in result array.",
        Verdict.DONE,
        en=(
            "The buyer has this order already; its number stands in the answer.",
            "Nothing to do if it is one order. To take this as done, write accept: [601] at the call in relay.yaml.",
        ),
        ru=(
            "У покупателя уже есть этот заказ; его номер указан в ответе.",
            "Если заказ один, делать ничего не нужно. Чтобы считать это успехом, добавьте к вызову accept: [601].",
        ),
    ),
    row(
        602,
        "CreateOrder",
        "Error creating order",
        Verdict.LATER,
        en=(
            "JustClick could not create the order.",
            "Look at the product in JustClick (stock, coupon, limits), then replay.",
        ),
        ru=(
            "JustClick не смог создать заказ.",
            "Проверьте товар в JustClick (остаток, купон, ограничения) и повторите.",
        ),
    ),
    row(
        603,
        "CreateOrder",
        "Missing products",
        Verdict.DATA,
        en=("The order names no product.", "Correct goods in relay.yaml, map again and replay."),
        ru=("В заказе нет товаров.", "Исправьте goods в relay.yaml и отправьте заново."),
    ),
    row(
        604,
        "CreateOrder",
        "Product not exist: ...",
        Verdict.FIX,
        en=(
            "There is no product with the id that the text names.",
            "Create the product in JustClick or correct good_name in relay.yaml, then map again and replay.",
        ),
        ru=(
            "Нет товара с идентификатором, указанным в тексте.",
            "Создайте товар в JustClick или исправьте good_name в relay.yaml и отправьте заново.",
        ),
    ),
    row(
        605,
        "CreateOrder",
        "Not having any data for delivery products",
        Verdict.DATA,
        en=(
            "The product is a physical one and the delivery address is incomplete.",
            "Send first name, surname, country, city and address, or make the product a digital one.",
        ),
        ru=(
            "Товар физический, а адрес доставки неполный.",
            "Передавайте имя, фамилию, страну, город и адрес либо сделайте товар цифровым.",
        ),
    ),
    row(
        606,
        "CreateOrder",
        "Function for creating new orders throw API was disabled for your account",
        Verdict.ACCOUNT,
        en=(
            "Creating orders through the API is switched off for this account.",
            "Put a consent box under every form, then write to JustClick's support with the subject "
            '"Enabling the API in Your Account". When they have enabled it, press Resume.',
        ),
        ru=(
            "Создание заказов через API для этого аккаунта отключено.",
            "Поставьте под каждой формой галочку согласия и напишите в поддержку JustClick письмо с темой "
            "«Включение API в аккаунте». Когда его включат, нажмите «Возобновить».",
        ),
        pauses="function",
    ),
)
