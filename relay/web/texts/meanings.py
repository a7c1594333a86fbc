"""Texts of the search, the refusals and the pages that explain codes and reasons."""

from __future__ import annotations

Text = str | tuple[str, ...]

TEXTS: dict[str, tuple[Text, Text]] = {
    # ------------------------------------------------------------ where is my lead?
    "search.title": ("Where is my lead?", "Где мой лид?"),
    "search.label": (
        "Find a lead: e-mail, phone, order number or id",
        "Найти лид: e-mail, телефон, номер заказа или id",
    ),
    "search.placeholder": ("Where is my lead?", "Где мой лид?"),
    "search.button": ("Find", "Найти"),
    "search.about": (
        "Type an e-mail address, a phone number, an order number or an id (evt_…, dlv_…) into the box above.",
        "Введите в поле выше адрес e-mail, телефон, номер заказа или id (evt_…, dlv_…).",
    ),
    "search.found": (
        ("{count} event with", "{count} events with"),
        ("{count} событие, где есть", "{count} события, где есть", "{count} событий, где есть"),
    ),
    "search.nothing": ("Nothing was accepted with", "Не принято ничего, где было бы"),
    "search.refused": (
        ("It came, and was refused {count} time", "It came, and was refused {count} times"),
        (
            "Оно приходило, но было отклонено {count} раз",
            "Оно приходило, но было отклонено {count} раза",
            "Оно приходило, но было отклонено {count} раз",
        ),
    ),
    "search.refused.about": (
        "These webhooks hold what you look for. Mend what they say and have the sender repeat them.",
        "В этих вебхуках есть то, что вы ищете. Исправьте указанное и попросите отправителя повторить их.",
    ),
    "search.why": ("What may be the cause", "В чём может быть дело"),
    "search.why.spelling": (
        "It is spelt otherwise. The whole e-mail address, phone or order number is looked for, not a part of it.",
        "Написано иначе. Ищется адрес, телефон или номер заказа целиком, а не часть.",
    ),
    "search.why.form": (
        "The form or the shop never sent it. See whether its webhook points to a hook's address.",
        "Форма или магазин его не отправляли. Проверьте, что вебхук указывает на адрес хука из обзора.",
    ),
    "search.why.refused": (
        "It was refused, and its body does not show what you look for. See the refusals of each hook on the overview.",
        "Вебхук отклонён, и в его теле не видно искомого. Посмотрите отклонённое у каждого хука на обзоре.",
    ),
    "search.why.old": (
        "It is so old that it was removed: events are kept for 30 to 90 days.",
        "Оно уже удалено: события хранятся от 30 до 90 дней.",
    ),
    # ------------------------------------------------------------ refusals
    "refusals.title": ("Refusals", "Отклонённое"),
    "refusals.of": ("What hook {hook} has refused", "Что отклонил хук {hook}"),
    "refusals.about": (
        "The last 200 webhooks that were not accepted, with the reason, without secrets. The counts are of all time.",
        "Последние 200 вебхуков, которые не были приняты, с причиной и без секретов. Счётчики за всё время.",
    ),
    "refusals.none": ("Nothing was refused. That is good.", "Ничего не отклонено. Это хорошо."),
    "refusals.none-kept": (
        "These were only counted: requests of this kind are not kept one by one.",
        "Они только сосчитаны: такие запросы не хранятся по одному.",
    ),
    "refusals.hint": ("A near miss:", "Похоже на это:"),
    "refusals.answered": ("answered {status}", "ответ {status}"),
    "refusals.body": ("What came (its first 4 KB)", "Что пришло (первые 4 КБ)"),
    # ------------------------------------------------------------ try it
    "try.title": ("Try it", "Проба"),
    "try.of": ("Try hook {hook}", "Проба хука {hook}"),
    "try.about": (
        "What a webhook would become with today's configuration. Nothing is sent, nothing is kept.",
        "Что вышло бы из вебхука по нынешней конфигурации. Ничего не отправляется и не сохраняется.",
    ),
    "try.last": ("The last event that really came in,", "Последнее настоящее событие,"),
    "try.body": ("Body of a webhook (JSON or a form)", "Тело вебхука (JSON или форма)"),
    "try.headers": ("Headers (optional)", "Заголовки (не обязательно)"),
    "try.headers.about": (
        "One a line, as name: value. With them the proof of the sender is checked too.",
        "По одному в строке: имя: значение. С ними проверяется и подлинность отправителя.",
    ),
    "try.button": ("See what it would become", "Посмотреть, что выйдет"),
    "try.refused": ("It would be refused:", "Он был бы отклонён:"),
    "try.proven": ("The sender is proven.", "Отправитель подтверждён."),
    "try.greeting": ("It is a handshake; the answer would be", "Это проверка связи; ответ был бы"),
    "try.unreadable": ("It cannot be read:", "Прочитать нельзя:"),
    "try.calls": ("Which calls would be made", "Какие вызовы были бы сделаны"),
    "try.line": ("line {line} of relay.yaml", "строка {line} в relay.yaml"),
    "try.not-made": ("Not made:", "Не делается:"),
    "try.dead": ("It would need you at once, because:", "Сразу потребовал бы решения, потому что:"),
    "try.made": ("It would be sent with these parameters:", "Был бы отправлен с такими параметрами:"),
    "try.request": ("The exact signed request", "Точный подписанный запрос"),
    # ------------------------------------------------------------ codes and reasons
    "code.n": ("code {code}", "код {code}"),
    "code.several": (
        (
            "It has {count} meaning; the function and the text of the answer tell which.",
            "It has {count} meanings; the function and the text of the answer tell which.",
        ),
        (
            "У него {count} значение; какое именно, видно по функции и тексту ответа.",
            "У него {count} значения; какое именно, видно по функции и тексту ответа.",
            "У него {count} значений; какое именно, видно по функции и тексту ответа.",
        ),
    ),
    "code.text": ("JustClick writes", "JustClick пишет"),
    "code.pauses": ("Pauses", "Приостанавливает"),
    "code.pauses.account": ("the whole account", "весь аккаунт"),
    "code.pauses.function": ("this function of the account", "эту функцию аккаунта"),
    "code.pauses.for": ("for {span}", "на {span}"),
    "code.dead": (
        ("Look at the {count} dead letter with this code", "Look at the {count} dead letters with this code"),
        (
            "Посмотреть {count} отправку с этим кодом",
            "Посмотреть {count} отправки с этим кодом",
            "Посмотреть {count} отправок с этим кодом",
        ),
    ),
    "code.no-dead": ("No delivery waits for you because of this code.", "Из-за этого кода решать сейчас нечего."),
    "codes.about": (
        "Everything that JustClick can answer, what it means and who has to move. Each code has its page.",
        "Всё, что может ответить JustClick, что это значит и кто должен действовать. У каждого кода своя страница.",
    ),
    "codes.every": ("every function", "все функции"),
    "codes.dead": (("{count} waits", "{count} wait"), ("ждёт {count}", "ждут {count}", "ждут {count}")),
    "verdicts.done.word": ("done", "сделано"),
    "verdicts.data.word": ("wrong data", "неверные данные"),
    "verdicts.fix.word": ("mend it", "исправить"),
    "verdicts.later.word": ("later", "позже"),
    "verdicts.account.word": ("account", "аккаунт"),
    "verdicts.uncertain.word": ("uncertain", "неясно"),
    "verdicts.done": ("done: what was asked for is the case", "done: то, о чём просили, выполнено"),
    "verdicts.data": ("data: the call's own values are wrong", "data: неверны значения самого вызова"),
    "verdicts.fix": (
        "fix: it can succeed when something is changed in JustClick or in the mapping",
        "fix: получится, если изменить что-то в JustClick или в настройке",
    ),
    "verdicts.later": ("later: time helps", "later: поможет время"),
    "verdicts.account": (
        "account: nothing of this account or function succeeds until a person acts",
        "account: пока не вмешается человек, для этого аккаунта или функции не пройдёт ничего",
    ),
    "verdicts.uncertain": (
        "uncertain: somebody has to look before anything is repeated",
        "uncertain: прежде чем повторять, нужно проверить",
    ),
    "reasons.title": ("Our own reasons", "Собственные причины relay"),
    "reasons.about": (
        "Where JustClick gave no code: what the relay itself found wrong.",
        "Когда кода JustClick нет: что обнаружил сам relay.",
    ),
    "reason.slug": ("In logs and in the API it is called", "В журналах и в API это называется"),
}
