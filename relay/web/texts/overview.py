"""Texts of the overview: pauses, hooks, accounts, workers, the store; and of a hook's own page."""

from __future__ import annotations

Text = str | tuple[str, ...]

TEXTS: dict[str, tuple[Text, Text]] = {
    # ------------------------------------------------------------ pauses
    "pauses.title": ("Pauses", "Паузы"),
    "gate.account": ("Account {account} is paused", "Аккаунт {account} на паузе"),
    "gate.function": ("{function} of account {account} is paused", "{function} аккаунта {account} на паузе"),
    "gate.hook": ("Hook {hook} is paused", "Хук {hook} на паузе"),
    "gate.unknown": (
        "Held by a pause that is over; it goes on by itself",
        "Придержано закончившейся паузой; продолжится само",
    ),
    "pause.held": (
        ("{count} delivery is held.", "{count} deliveries are held."),
        ("Придержана {count} отправка.", "Придержаны {count} отправки.", "Придержано {count} отправок."),
    ),
    "pause.by-person": ("A person paused it.", "Приостановлено человеком."),
    "pause.probing": (
        "One call is on its way; its answer decides.",
        "Один вызов уже отправлен; всё решит его ответ.",
    ),
    "pause.since": ("Paused", "Приостановлено"),
    "pause.until": ("tried by itself", "проверится само"),
    "pause.see": ("see what is held", "посмотреть придержанное"),
    "pause.see-pause": ("See the pause", "Посмотреть паузу"),
    "pause.resume": ("Resume", "Возобновить"),
    "pause.resume.probe": (
        "Sends one call first. When it passes, the rest follows.",
        "Сначала уйдёт один вызов. Если он пройдёт, пойдёт остальное.",
    ),
    "pause.resume.person": ("Sends what is held.", "Отправит придержанное."),
    "pause.pause": ("Pause", "Приостановить"),
    "pause.paused": ("paused", "на паузе"),
    "pause.note": ("Why (optional)", "Почему (не обязательно)"),
    "pause.explain": (
        "Calls to this account are held until you resume. Webhooks are taken all the same.",
        "Вызовы этого аккаунта подождут, пока вы не возобновите отправку. Вебхуки при этом принимаются.",
    ),
    "pause.explain.hook": (
        "Calls of this hook are held until you resume. Its webhooks are taken all the same.",
        "Вызовы этого хука подождут, пока вы не возобновите отправку. Вебхуки при этом принимаются.",
    ),
    # ------------------------------------------------------------ dead letters, grouped
    "dead.title": ("What needs you", "Что требует решения"),
    "dead.none": (
        "Nothing needs you. Everything that JustClick refused has been settled.",
        "Решать нечего. Всё, что JustClick отклонил, улажено.",
    ),
    "dead.no-answer": ("no code", "без кода"),
    "dead.no-answer.meaning": (
        "Never sent, or without an answer that can be believed; each one says why.",
        "Не отправлено или без достоверного ответа; у каждой написано, почему.",
    ),
    "dead.replay-all": ("Replay all …", "Повторить все …"),
    "dead.replay-all-matching": ("Replay all of these …", "Повторить все эти …"),
    # ------------------------------------------------------------ hooks
    "hooks.title": ("Hooks", "Хуки"),
    "hooks.all": ("All hooks", "Все хуки"),
    "hooks.none-yet": ("nothing yet", "пока ничего"),
    "hooks.unknown": (
        (
            "{count} request came to a hook that does not exist. Is an address misspelt somewhere?",
            "{count} requests came to hooks that do not exist. Is an address misspelt somewhere?",
        ),
        (
            "{count} запрос пришёл на несуществующий хук. Нет ли где-то опечатки в адресе?",
            "{count} запроса пришли на несуществующие хуки. Нет ли где-то опечатки в адресе?",
            "{count} запросов пришло на несуществующие хуки. Нет ли где-то опечатки в адресе?",
        ),
    ),
    "hook.address.about": (
        "Paste this address into the webhook settings of {provider}.",
        "Вставьте этот адрес в настройки вебхука в {provider}.",
    ),
    "hook.address.anybody": (
        "Paste this address into the webhook settings of whatever sends here, with POST as the method.",
        "Вставьте этот адрес в настройки вебхука у отправителя, метод POST.",
    ),
    "hook.address.token": (
        "Put the hook's token in place of <token>. It stands in the settings of the app, never on this page.",
        "Вместо <token> подставьте токен хука. Он задан в настройках приложения и здесь не показывается.",
    ),
    "hook.numbers": ("What came in", "Что пришло"),
    "hook.accepted": ("Accepted in all", "Принято всего"),
    "hook.calls": ("What it does", "Что делает"),
    "hook.when": ("when", "когда"),
    "hook.each": ("for each of", "для каждого из"),
    "hook.last": ("Last events", "Последние события"),
    "hook.all-events": ("All events of this hook", "Все события этого хука"),
    # ------------------------------------------------------------ accounts, workers, the store
    "accounts.title": ("Accounts", "Аккаунты"),
    "accounts.hooks": (("{count} hook", "{count} hooks"), ("{count} хук", "{count} хука", "{count} хуков")),
    "workers.title": ("Workers", "Рабочие процессы"),
    "workers.none": ("none is running", "ни один не запущен"),
    "workers.sending": (
        ("{count} call open of {slots}", "{count} calls open of {slots}"),
        ("{count} вызов из {slots}", "{count} вызова из {slots}", "{count} вызовов из {slots}"),
    ),
    "workers.silent": ("silent for {span}", "молчит {span}"),
    "workers.oldest": ("Oldest on its way", "Самая старая в пути"),
    "workers.nothing-waits": ("nothing waits", "ничего не ждёт"),
    "task.sweeper": ("Sweeper ran", "Уборщик работал"),
    "task.scheduler": ("Scheduler ran", "Планировщик работал"),
    "task.retention": ("Retention ran", "Очистка работала"),
    "store.title": ("Store", "Хранилище"),
    "store.memory": ("Memory", "Память"),
    "store.of": ("of {limit} ({percent} %)", "из {limit} ({percent} %)"),
    "store.persists": ("Survives a restart", "Переживёт перезапуск"),
    "store.policy": ("When it is full", "При заполнении"),
    "store.not-persistent": (
        "Redis keeps nothing on disk: whatever is under way is lost when it restarts. Switch on its append-only file, "
        "or choose a plan that persists.",
        "Redis ничего не пишет на диск: при его перезапуске всё незавершённое пропадёт. Включите appendonly "
        "или выберите тариф с сохранением данных.",
    ),
    "store.may-evict": (
        "When its memory is full, Redis may throw away events by itself. Set maxmemory-policy to noeviction.",
        "Когда память закончится, Redis может сам удалять события. Установите maxmemory-policy noeviction.",
    ),
    "store.nearly-full": (
        "More than 85 % of Redis' memory is used; at 95 % webhooks are turned away. Give it more memory.",
        "Занято больше 85 % памяти Redis; при 95 % вебхуки перестанут приниматься. Добавьте памяти.",
    ),
}
