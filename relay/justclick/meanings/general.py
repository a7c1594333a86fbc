"""Codes 0 to 8: what any function can answer."""

from __future__ import annotations

from relay.justclick.meanings.meaning import DAY, Meaning, Verdict, row

ROWS: tuple[Meaning, ...] = (
    row(
        0,
        "",
        "OK",
        Verdict.DONE,
        en=("JustClick did what was asked.", "Nothing to do."),
        ru=("JustClick выполнил то, о чём его просили.", "Делать ничего не нужно."),
    ),
    row(
        1,
        "",
        "Not transferred hash",
        Verdict.DATA,
        en=(
            "The call arrived without its signature.",
            "The call may have held more than 1000 values, which JustClick cuts off: send fewer. If it was small, "
            "report this answer to whoever runs the relay.",
        ),
        ru=(
            "Вызов дошёл без подписи.",
            "Возможно, в нём было больше 1000 значений, и JustClick отрезал лишние: передавайте меньше. Если вызов был "
            "маленьким, сообщите об этом ответе тому, кто обслуживает relay.",
        ),
    ),
    row(
        2,
        "",
        "No transmitted data",
        Verdict.DATA,
        en=(
            "JustClick saw no data, or a required field was empty.",
            "Check the account's address in relay.yaml: it must begin with https:// and be the right one. "
            "Then check that the mapping fills the required fields.",
        ),
        ru=(
            "JustClick не увидел данных, либо пустым было обязательное поле.",
            "Проверьте адрес аккаунта в relay.yaml: он должен начинаться с https:// и быть верным. "
            "Затем проверьте, что сопоставление заполняет обязательные поля.",
        ),
    ),
    row(
        2,
        "AddGood UpdateGood DeleteGood GetCountSubscribe GetPartnerStats",
        "No transmitted data",
        Verdict.DATA,
        en=(
            "A field that this function needs was empty for JustClick (a plain 0 counts as empty).",
            "For a product send good_name, good_title, good_sum above zero and good_type real or digital. If all four "
            "are there, ask JustClick's support whether adding products through the API is enabled for you.",
        ),
        ru=(
            "Поле, которое нужно этой функции, оказалось для JustClick пустым (просто 0 тоже считается пустым).",
            "Для товара нужны good_name, good_title, good_sum больше нуля и good_type: real или digital. Если все "
            "четыре на месте, спросите поддержку JustClick, разрешено ли вам добавлять товары через API.",
        ),
    ),
    row(
        3,
        "",
        "Wrong posted data",
        Verdict.DATA,
        en=(
            (
                "A value of the call is not what JustClick expects: an order number, status, date, tracking "
                "number or e-mail."
            ),
            "Look at the values of this call, correct the mapping, then map it again and replay.",
        ),
        ru=(
            "Значение в вызове не такое, какого ждёт JustClick: номер заказа, статус, дата, трек-номер или e-mail.",
            "Посмотрите значения этого вызова, исправьте сопоставление и отправьте заново.",
        ),
    ),
    row(
        4,
        "",
        "Incorrect hash",
        Verdict.ACCOUNT,
        en=(
            "JustClick does not accept the signature: most often the secret key or the login is wrong.",
            "Copy the secret key anew from the page of the API key in JustClick (no blanks around it) and check the "
            "login, capitals too. Put both into the relay's settings, then press Resume.",
        ),
        ru=(
            "JustClick не принимает подпись: чаще всего неверен секретный ключ или логин.",
            "Скопируйте секретный ключ заново со страницы API в JustClick (без пробелов по краям) и проверьте логин, "
            "включая заглавные буквы. Внесите их в настройки relay и нажмите «Возобновить».",
        ),
        pauses="account",
    ),
    row(
        5,
        "",
        "Invalid user name",
        Verdict.ACCOUNT,
        en=(
            "There is no account under this address.",
            "Check the login and the address of the account (justclick.ru, justclick.io, influencersoft.com, "
            "expertam.ru or your own domain), then press Resume.",
        ),
        ru=(
            "По этому адресу нет аккаунта.",
            "Проверьте логин и адрес аккаунта (justclick.ru, justclick.io, influencersoft.com, expertam.ru или ваш "
            "собственный домен) и нажмите «Возобновить».",
        ),
        pauses="account",
    ),
    row(
        6,
        "",
        "Permission denied for IP ...",
        Verdict.ACCOUNT,
        en=(
            "JustClick does not let the relay's network address in.",
            "Send the address in this answer to JustClick's support and ask them to allow it, then press Resume.",
        ),
        ru=(
            "JustClick не пускает сетевой адрес relay.",
            (
                "Отправьте адрес из этого ответа в поддержку JustClick с просьбой разрешить его, затем нажмите "
                "«Возобновить»."
            ),
        ),
        pauses="account",
    ),
    row(
        7,
        "",
        "Account disabled",
        Verdict.ACCOUNT,
        en=(
            "The JustClick account is switched off.",
            "Pay for the account or have it activated, then press Resume: everything that was held goes on.",
        ),
        ru=(
            "Аккаунт JustClick отключён.",
            "Оплатите аккаунт или включите его, затем нажмите «Возобновить»: всё отложенное продолжит путь.",
        ),
        pauses="account",
    ),
    row(
        8,
        "AddLeadToGroup",
        "Limit to subscribe for this IP exided. Try later.",
        Verdict.LATER,
        en=(
            (
                "JustClick's limit for adding contacts from this network address is used up; each early try "
                "prolongs the block."
            ),
            "The relay waits 24 hours by itself. Meanwhile put a consent box under every form and write to JustClick's "
            'support with the subject "Enabling the API in Your Account": then the limit no longer holds.',
        ),
        ru=(
            "Исчерпан лимит JustClick на добавление контактов с этого адреса; каждая ранняя попытка продлевает запрет.",
            "Relay сам подождёт 24 часа. Тем временем поставьте под каждой формой галочку согласия и напишите в "
            "поддержку JustClick письмо с темой «Включение API в аккаунте»: после этого лимита не будет.",
        ),
        fragments=("limit to subscribe",),
        pauses="function",
        pause_seconds=DAY,
    ),
)
