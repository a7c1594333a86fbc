"""Texts around all pages: navigation, log-in, what went wrong, units and times."""

from __future__ import annotations

Text = str | tuple[str, ...]

TEXTS: dict[str, tuple[Text, Text]] = {
    # ------------------------------------------------------------ the frame
    "page.skip": ("Skip to the content", "К содержанию"),
    "page.nav": ("Pages", "Страницы"),
    "page.utc": ("Exact times are UTC; now it is {time}.", "Точное время указано в UTC; сейчас {time}."),
    "nav.overview": ("Overview", "Обзор"),
    "nav.deliveries": ("Deliveries", "Отправки"),
    "nav.events": ("Events", "События"),
    "nav.codes": ("Codes", "Коды"),
    "yes": ("yes", "да"),
    "no": ("no", "нет"),
    "none": ("none", "нет"),
    "paging.title": ("Pages of the list", "Страницы списка"),
    "paging.older": ("Older →", "Раньше →"),
    "paging.newest": ("← Newest", "← К новым"),
    # ------------------------------------------------------------ log-in
    "login.title": ("Log in", "Вход"),
    "login.about": (
        "This page shows names, addresses and orders, so it asks for the password of this relay.",
        "Здесь видны имена, адреса и заказы, поэтому страница закрыта паролем.",
    ),
    "login.password": ("Password", "Пароль"),
    "login.button": ("Log in", "Войти"),
    "login.out": ("Log out", "Выйти"),
    "login.wrong": (
        "That is not the password. It is the value of RELAY_PASSWORD in the settings of the app.",
        "Пароль не подошёл. Он задан в переменной RELAY_PASSWORD в настройках приложения.",
    ),
    "login.braked": (
        "Too many tries from your address. Wait a minute, then try again.",
        "Слишком много попыток с вашего адреса. Подождите минуту и попробуйте снова.",
    ),
    "closed.title": ("This page is closed", "Эта страница закрыта"),
    "closed.about": (
        "No password is set for it, and without one nobody gets in. Webhooks are taken all the same.",
        "Для неё не задан пароль, а без пароля сюда не войти. Вебхуки при этом принимаются.",
    ),
    "closed.do": (
        "To open it, set the environment variable RELAY_PASSWORD to a long password and start the web process again:",
        "Чтобы открыть её, задайте длинный пароль в переменной окружения RELAY_PASSWORD и перезапустите веб-процесс:",
    ),
    "closed.heroku": ("On Heroku:", "На Heroku:"),
    # ------------------------------------------------------------ what went wrong
    "expired.title": ("This form is too old", "Форма устарела"),
    "expired.about": (
        "It was opened before you logged in, or long ago. Nothing was changed. Open the page again and repeat it.",
        "Она открыта до входа или слишком давно. Ничего не изменено. Откройте страницу заново и повторите.",
    ),
    "wrong.title": ("That did not work", "Не получилось"),
    "wrong.about": (
        "The request could not be understood. Nothing was changed.",
        "Запрос не понят. Ничего не изменено.",
    ),
    "wrong.404.title": ("There is nothing here", "Здесь ничего нет"),
    "wrong.404.about": (
        "The address is wrong, or what it showed was removed because its time was over.",
        "Адрес неверен, или то, что здесь было, удалено по истечении срока хранения.",
    ),
    "wrong.500.title": ("Something broke", "Что-то сломалось"),
    "wrong.500.about": (
        "This page could not be made. The log of the web process says why. Webhooks are taken all the same.",
        "Страницу не удалось построить. Причина есть в журнале веб-процесса. Вебхуки при этом принимаются.",
    ),
    "wrong.home": ("To the overview", "На обзор"),
    "away.title": ("The store is away", "Хранилище недоступно"),
    "away.about": (
        "Redis does not answer. Until it does, webhooks are answered 503, so that their senders try again, "
        "and nothing is sent to JustClick. What was accepted before is in Redis.",
        "Redis не отвечает. Пока это так, вебхуки получают ответ 503, чтобы отправители повторили их позже, "
        "и в JustClick ничего не уходит. Принятое раньше лежит в Redis.",
    ),
    "away.do": (
        "Look whether Redis runs and whether REDIS_URL is right. This page comes back by itself.",
        "Проверьте, запущен ли Redis и верен ли REDIS_URL. Страница заработает сама.",
    ),
    "away.detail": ("What was said", "Что ответил Redis"),
    "away.again": ("Try again", "Попробовать снова"),
    "failed.title": ("That was not done", "Действие не выполнено"),
    # ------------------------------------------------------------ units and times
    "unit.0": ("B", "Б"),
    "unit.1": ("KB", "КБ"),
    "unit.2": ("MB", "МБ"),
    "unit.3": ("GB", "ГБ"),
    "unit.ms": ("{n} ms", "{n} мс"),
    "span.second": (("{count} s", "{count} s"), ("{count} с", "{count} с", "{count} с")),
    "span.minute": (("{count} min", "{count} min"), ("{count} мин", "{count} мин", "{count} мин")),
    "span.hour": (("{count} hour", "{count} hours"), ("{count} час", "{count} часа", "{count} часов")),
    "span.day": (("{count} day", "{count} days"), ("{count} день", "{count} дня", "{count} дней")),
    "time.now": ("just now", "только что"),
    "time.ago": ("{span} ago", "{span} назад"),
    "time.in": ("in {span}", "через {span}"),
    # ------------------------------------------------------------ done
    "done.replayed": (
        "Queued again. It lets what has just come in go first.",
        "Снова в очереди. Новые события пойдут перед ней.",
    ),
    "done.discarded": ("Discarded. It will not be sent.", "Закрыто. Отправлено не будет."),
    "done.paused": (
        "Paused. What comes in is kept and held until you resume.",
        "Приостановлено. Всё, что придёт, сохранится и подождёт, пока вы не возобновите отправку.",
    ),
    "done.was-paused": ("It was paused already.", "Уже было приостановлено."),
    "done.opened": ("Resumed. What was held is on its way.", "Возобновлено. Отложенное отправляется."),
    "done.probing": (
        "One call is sent first. When JustClick accepts it, the rest follows by itself.",
        "Сначала отправляется один вызов. Если JustClick его примет, остальное пойдёт само.",
    ),
    "done.open": ("It was not paused.", "Пауза не была включена."),
}
