"""Texts of the one sentence that says how things are, and of what to do about it; see relay.web.verdict."""

from __future__ import annotations

Text = str | tuple[str, ...]

TEXTS: dict[str, tuple[Text, Text]] = {
    # ------------------------------------------------------------ the one sentence
    "tone.good": ("All is well:", "Всё в порядке:"),
    "tone.busy": ("At work:", "В работе:"),
    "tone.warn": ("Look at this:", "Обратите внимание:"),
    "tone.bad": ("Something must be done:", "Нужны действия:"),
    "verdict.no-worker": (
        (
            "No worker is running: nothing is being sent. {count} delivery waits.",
            "No worker is running: nothing is being sent. {count} deliveries wait.",
        ),
        (
            "Ни один рабочий процесс не запущен: ничего не отправляется. Ждёт {count} отправка.",
            "Ни один рабочий процесс не запущен: ничего не отправляется. Ждут {count} отправки.",
            "Ни один рабочий процесс не запущен: ничего не отправляется. Ждут {count} отправок.",
        ),
    ),
    "verdict.no-worker.do": (
        "Nothing is lost: webhooks are taken and kept. Start a worker with “python -m workers” "
        "(Heroku: heroku ps:scale worker=1).",
        "Ничего не потеряно: вебхуки принимаются и хранятся. Запустите рабочий процесс: «python -m workers» "
        "(Heroku: heroku ps:scale worker=1).",
    ),
    "worker.lost": (
        "The last one, on {host}, was heard of {span} ago.",
        "Последний, на {host}, подавал признаки жизни {span} назад.",
    ),
    "verdict.code-4": (
        (
            "The key of account {subject} is wrong: {count} delivery is held.",
            "The key of account {subject} is wrong: {count} deliveries are held.",
        ),
        (
            "Ключ аккаунта {subject} неверен: придержана {count} отправка.",
            "Ключ аккаунта {subject} неверен: придержаны {count} отправки.",
            "Ключ аккаунта {subject} неверен: придержано {count} отправок.",
        ),
    ),
    "verdict.code-5": (
        (
            "JustClick knows no account {subject} at this address: {count} delivery is held.",
            "JustClick knows no account {subject} at this address: {count} deliveries are held.",
        ),
        (
            "JustClick не знает аккаунта {subject} по этому адресу: придержана {count} отправка.",
            "JustClick не знает аккаунта {subject} по этому адресу: придержаны {count} отправки.",
            "JustClick не знает аккаунта {subject} по этому адресу: придержано {count} отправок.",
        ),
    ),
    "verdict.code-6": (
        (
            "JustClick does not let this relay's network address in (account {subject}): {count} delivery is held.",
            "JustClick does not let this relay's network address in (account {subject}): {count} deliveries are held.",
        ),
        (
            "JustClick не пускает сетевой адрес relay (аккаунт {subject}): придержана {count} отправка.",
            "JustClick не пускает сетевой адрес relay (аккаунт {subject}): придержаны {count} отправки.",
            "JustClick не пускает сетевой адрес relay (аккаунт {subject}): придержано {count} отправок.",
        ),
    ),
    "verdict.code-7": (
        (
            "The JustClick account {subject} is switched off: {count} delivery is held.",
            "The JustClick account {subject} is switched off: {count} deliveries are held.",
        ),
        (
            "Аккаунт JustClick {subject} отключён: придержана {count} отправка.",
            "Аккаунт JustClick {subject} отключён: придержаны {count} отправки.",
            "Аккаунт JustClick {subject} отключён: придержано {count} отправок.",
        ),
    ),
    "verdict.code-8": (
        (
            "JustClick's limit for {function} is used up (account {subject}): {count} delivery is held.",
            "JustClick's limit for {function} is used up (account {subject}): {count} deliveries are held.",
        ),
        (
            "Лимит JustClick на {function} исчерпан (аккаунт {subject}): придержана {count} отправка.",
            "Лимит JustClick на {function} исчерпан (аккаунт {subject}): придержаны {count} отправки.",
            "Лимит JustClick на {function} исчерпан (аккаунт {subject}): придержано {count} отправок.",
        ),
    ),
    "verdict.code-606": (
        (
            "JustClick has not switched on {function} for account {subject}: {count} delivery is held.",
            "JustClick has not switched on {function} for account {subject}: {count} deliveries are held.",
        ),
        (
            "В аккаунте {subject} не включена функция {function}: придержана {count} отправка.",
            "В аккаунте {subject} не включена функция {function}: придержаны {count} отправки.",
            "В аккаунте {subject} не включена функция {function}: придержано {count} отправок.",
        ),
    ),
    "verdict.gate": (
        (
            "{subject} {function} is paused: {count} delivery is held.",
            "{subject} {function} is paused: {count} deliveries are held.",
        ),
        (
            "{subject} {function} на паузе: придержана {count} отправка.",
            "{subject} {function} на паузе: придержаны {count} отправки.",
            "{subject} {function} на паузе: придержано {count} отправок.",
        ),
    ),
    "verdict.probing": (
        (
            "Trying {subject} {function} with one call; {count} delivery waits for its answer.",
            "Trying {subject} {function} with one call; {count} deliveries wait for its answer.",
        ),
        (
            "Проверяем {subject} {function} одним вызовом; его ответа ждёт {count} отправка.",
            "Проверяем {subject} {function} одним вызовом; его ответа ждут {count} отправки.",
            "Проверяем {subject} {function} одним вызовом; его ответа ждут {count} отправок.",
        ),
    ),
    "verdict.probing.do": (
        "When JustClick accepts the call, the rest follows by itself.",
        "Если JustClick примет вызов, остальное пойдёт само.",
    ),
    "verdict.full": (
        "The store is full: webhooks are being turned away.",
        "Хранилище заполнено: вебхуки не принимаются.",
    ),
    "verdict.full.do": (
        "Senders get 503 and most of them try again. Give Redis more memory now.",
        "Отправители получают 503, и большинство повторит попытку. Сейчас же добавьте Redis памяти.",
    ),
    "verdict.dead": (
        ("{count} delivery needs you.", "{count} deliveries need you."),
        (
            "{count} отправка ждёт вашего решения.",
            "{count} отправки ждут вашего решения.",
            "{count} отправок ждут вашего решения.",
        ),
    ),
    "verdict.dead.do": (
        "JustClick refused them, or nobody can know whether it took them. Each one says why and what helps.",
        "JustClick их отклонил, или неизвестно, принял ли. У каждой написано, почему и что поможет.",
    ),
    "verdict.dead.link": ("Look at them", "Посмотреть"),
    "verdict.refusing": (
        "What is sent to hook {hook} is being refused.",
        "Всё, что приходит на хук {hook}, отклоняется.",
    ),
    "verdict.refusing.link": ("See what came and why it was refused", "Посмотреть, что пришло и почему отклонено"),
    "verdict.silent": (
        (
            "The {task} has not run for {count} minute: retries and pauses stand still.",
            "The {task} has not run for {count} minutes: retries and pauses stand still.",
        ),
        (
            "Задача «{task}» не запускалась {count} минуту: повторы и паузы стоят.",
            "Задача «{task}» не запускалась {count} минуты: повторы и паузы стоят.",
            "Задача «{task}» не запускалась {count} минут: повторы и паузы стоят.",
        ),
    ),
    "verdict.silent.do": (
        "Start the worker again and look at its log.",
        "Перезапустите рабочий процесс и посмотрите его журнал.",
    ),
    "verdict.paused": (
        (
            "You have paused {subjects}: {count} delivery is held.",
            "You have paused {subjects}: {count} deliveries are held.",
        ),
        (
            "Вы приостановили {subjects}: придержана {count} отправка.",
            "Вы приостановили {subjects}: придержаны {count} отправки.",
            "Вы приостановили {subjects}: придержано {count} отправок.",
        ),
    ),
    "verdict.paused.do": (
        "New webhooks are taken and kept. Press Resume below when they may go on.",
        "Новые вебхуки принимаются и хранятся. Нажмите «Возобновить» ниже, когда можно продолжать.",
    ),
    "verdict.retrying": (
        (
            "{count} delivery has no usable answer from JustClick yet; it is tried again by itself.",
            "{count} deliveries have no usable answer from JustClick yet; they are tried again by themselves.",
        ),
        (
            "На {count} отправку пока нет пригодного ответа JustClick; она повторится сама.",
            "На {count} отправки пока нет пригодного ответа JustClick; они повторятся сами.",
            "На {count} отправок пока нет пригодного ответа JustClick; они повторятся сами.",
        ),
    ),
    "verdict.retrying.do": (
        "Nothing to do. The tries go on for about three days, with longer and longer rests.",
        "Делать ничего не нужно. Попытки продолжаются около трёх дней, всё реже и реже.",
    ),
    "verdict.late": (
        (
            "Sending is behind: {count} delivery is on its way.",
            "Sending is behind: {count} deliveries are on their way.",
        ),
        (
            "Отправка отстаёт: в пути {count} отправка.",
            "Отправка отстаёт: в пути {count} отправки.",
            "Отправка отстаёт: в пути {count} отправок.",
        ),
    ),
    "verdict.late.do": (
        "More comes in than the limits of the account let out, or JustClick is slow. Nothing is lost.",
        "Приходит больше, чем пропускают лимиты аккаунта, или JustClick отвечает медленно. Ничего не потеряно.",
    ),
    "verdict.nothing-yet": ("Nothing has come in yet.", "Пока ничего не приходило."),
    "verdict.busy": (
        ("{count} delivery is on its way to JustClick.", "{count} deliveries are on their way to JustClick."),
        (
            "{count} отправка на пути в JustClick.",
            "{count} отправки на пути в JustClick.",
            "{count} отправок на пути в JustClick.",
        ),
    ),
    "verdict.busy.do": ("Everything else is done.", "Всё остальное выполнено."),
    "verdict.waiting": (
        ("{count} delivery waits for its order.", "{count} deliveries wait for their orders."),
        (
            "{count} отправка ждёт своего заказа.",
            "{count} отправки ждут своих заказов.",
            "{count} отправок ждут своих заказов.",
        ),
    ),
    "verdict.waiting.do": (
        "A payment came before its order. It goes on the moment the order exists.",
        "Оплата пришла раньше заказа. Она уйдёт, как только заказ появится.",
    ),
    "verdict.well": (
        (
            "Everything of the last 24 hours is in JustClick: {count} call.",
            "Everything of the last 24 hours is in JustClick: {count} calls.",
        ),
        (
            "Всё за последние 24 часа в JustClick: {count} вызов.",
            "Всё за последние 24 часа в JustClick: {count} вызова.",
            "Всё за последние 24 часа в JustClick: {count} вызовов.",
        ),
    ),
    "verdict.well-but-discarded": (
        (
            "Everything of the last 24 hours that you did not discard is in JustClick: {count} call.",
            "Everything of the last 24 hours that you did not discard is in JustClick: {count} calls.",
        ),
        (
            "Всё за последние 24 часа, кроме закрытого вами, в JustClick: {count} вызов.",
            "Всё за последние 24 часа, кроме закрытого вами, в JustClick: {count} вызова.",
            "Всё за последние 24 часа, кроме закрытого вами, в JustClick: {count} вызовов.",
        ),
    ),
    "verdict.quiet": (
        "All is well. Nothing was to be sent in the last 24 hours.",
        "Всё в порядке. За последние 24 часа отправлять было нечего.",
    ),
}
