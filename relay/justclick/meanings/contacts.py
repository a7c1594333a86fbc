"""Codes of contacts and groups: 0 with a refusing text, 100 to 106, 500, 501, 800, 801."""

from __future__ import annotations

from relay.justclick.meanings.meaning import Meaning, Verdict, row

_WRONG_GROUP_EN = (
    "Look up the group's id in JustClick (or with GetAllGroups), correct it in relay.yaml, map again and replay."
)
_WRONG_GROUP_RU = (
    "Найдите идентификатор группы в JustClick (или через GetAllGroups), исправьте его в relay.yaml и отправьте заново."
)

ROWS: tuple[Meaning, ...] = (
    row(
        0,
        "AddLeadToGroup",
        "Activation email sent to subscriber",
        Verdict.DONE,
        en=("The contact was added and got a letter asking to confirm.", "Nothing to do."),
        ru=("Контакт добавлен, ему отправлено письмо с подтверждением.", "Делать ничего не нужно."),
        fragments=("activation email sent",),
    ),
    row(
        0,
        "AddLeadToGroup",
        "The subscriber is already registered",
        Verdict.DONE,
        en=("The contact was in all these groups already.", "Nothing to do."),
        ru=("Контакт уже состоял во всех этих группах.", "Делать ничего не нужно."),
        fragments=("already registered",),
    ),
    row(
        0,
        "AddLeadToGroup",
        "Has an invalid subscriptions group",
        Verdict.FIX,
        en=("JustClick answered 0, yet no contact was added: there is no such group.", _WRONG_GROUP_EN),
        ru=("JustClick ответил 0, но контакт не добавлен: такой группы нет.", _WRONG_GROUP_RU),
        fragments=("invalid subscriptions group",),
    ),
    row(
        0,
        "AddLeadToGroup",
        "Subscription forbidden for ...",
        Verdict.FIX,
        en=("JustClick answered 0, yet no contact was added: this group takes no contacts.", _WRONG_GROUP_EN),
        ru=("JustClick ответил 0, но контакт не добавлен: эта группа не принимает контакты.", _WRONG_GROUP_RU),
        fragments=("subscription forbidden",),
    ),
    row(
        100,
        "AddLeadToGroup UpdateSubscriberData",
        "Email is missing",
        Verdict.DATA,
        en=(
            "The e-mail address is missing or misspelt.",
            "Look at what the form sent. If the person can be reached, add the right address in JustClick by hand.",
        ),
        ru=(
            "Адрес e-mail не указан или написан с ошибкой.",
            (
                "Посмотрите, что прислала форма. Если с человеком можно связаться, внесите верный адрес в "
                "JustClick вручную."
            ),
        ),
    ),
    row(
        101,
        "AddLeadToGroup",
        "Subscription error: ... rass_id=...",
        Verdict.LATER,
        en=(
            "JustClick could not add the contact to a group; the text says why. Other groups of the call may be done.",
            "Read the reason and look at the contact in JustClick. Replaying once is harmless.",
        ),
        ru=(
            "JustClick не смог добавить контакт в группу; причина в тексте. В другие группы он мог попасть.",
            "Прочитайте причину и посмотрите контакт в JustClick. Повторить один раз безопасно.",
        ),
    ),
    row(
        102,
        "AddLeadToGroup",
        "The subscriber is already registered",
        Verdict.DONE,
        en=(
            "The contact was in all these groups already.",
            "Nothing to do. With accept: [102] at this call in relay.yaml such answers count as delivered.",
        ),
        ru=(
            "Контакт уже состоял во всех этих группах.",
            "Делать ничего не нужно. С accept: [102] у этого вызова в relay.yaml такие ответы считаются доставкой.",
        ),
    ),
    row(
        103,
        "AddLeadToGroup",
        "Has an invalid subscriptions group",
        Verdict.FIX,
        en=("There is no such group, so the contact was not added.", _WRONG_GROUP_EN),
        ru=("Такой группы нет, поэтому контакт не добавлен.", _WRONG_GROUP_RU),
    ),
    row(
        104,
        "AddLeadToGroup",
        "Subscription forbidden for ...",
        Verdict.FIX,
        en=(
            "This group takes no contacts from outside: it is an automatic one.",
            "Choose an ordinary group in relay.yaml, map again and replay.",
        ),
        ru=(
            "Эта группа не принимает контакты извне: она автоматическая.",
            "Укажите в relay.yaml обычную группу и отправьте заново.",
        ),
    ),
    row(
        105,
        "AddLeadToGroup",
        "The subscriber cannot be subscribed",
        Verdict.DATA,
        en=(
            "JustClick does not let this contact be added.",
            "Look at the contact in JustClick: it may be blocked or have unsubscribed.",
        ),
        ru=(
            "JustClick не разрешает добавить этот контакт.",
            "Посмотрите контакт в JustClick: он может быть заблокирован или отписан.",
        ),
    ),
    row(
        106,
        "AddLeadToGroup",
        "The subscriber cannot be activated",
        Verdict.DATA,
        en=(
            "The contact has unsubscribed, so JustClick does not activate it.",
            "Only the person can subscribe again, through a form of yours.",
        ),
        ru=(
            "Контакт отписался, поэтому JustClick его не активирует.",
            "Подписаться снова может только сам человек, через вашу форму.",
        ),
    ),
    row(
        500,
        "UpdateSubscriberData GetLeadGroupStatuses GetLeadGroups",
        "Subscriber not found",
        Verdict.DATA,
        en=(
            "There is no contact with this e-mail in the account.",
            "Add the contact first (AddLeadToGroup), then replay.",
        ),
        ru=(
            "В аккаунте нет контакта с таким e-mail.",
            "Сначала добавьте контакт (AddLeadToGroup), затем повторите.",
        ),
    ),
    row(
        501,
        "GetLeadGroups GetLeadGroupStatuses GetAllGroups GetCountSubscribe",
        "Group not found",
        Verdict.DATA,
        en=(
            "An empty answer: the contact is in no group, or there is no such group.",
            "Check the group's id; otherwise nothing to do.",
        ),
        ru=(
            "Пустой ответ: контакт не состоит ни в одной группе, либо такой группы нет.",
            "Проверьте идентификатор группы; в остальном делать ничего не нужно.",
        ),
    ),
    row(
        800,
        "DeleteSubscribe",
        "Group subscribers is not found",
        Verdict.FIX,
        en=("There is no such group, so nobody was unsubscribed.", _WRONG_GROUP_EN),
        ru=("Такой группы нет, поэтому никто не отписан.", _WRONG_GROUP_RU),
    ),
    row(
        801,
        "DeleteSubscribe",
        "Subscriber with such address is not found",
        Verdict.DATA,
        en=(
            "There is no contact with this e-mail, so it gets no letters of this group.",
            (
                "Nothing to do if the address is right. To take this as done, write accept: [801] at the call in "
                "relay.yaml."
            ),
        ),
        ru=(
            "Контакта с таким e-mail нет, значит, и писем этой группы он не получает.",
            "Если адрес верный, делать ничего не нужно. Чтобы считать это успехом, добавьте к вызову accept: [801].",
        ),
    ),
)
