"""Why a webhook was not taken, or what an operator asked for was not done."""

from __future__ import annotations

# meaning and advice in English, then both in Russian
ROWS: dict[str, tuple[str, str, str, str]] = {
    # ------------------------------------------------------------ webhooks that were not taken
    "unknown-hook": (
        "There is no hook of this name.",
        "Compare the address at the sender with the names in relay.yaml.",
        "Хука с таким именем нет.",
        "Сравните адрес у отправителя с именами в relay.yaml.",
    ),
    "method-not-allowed": (
        "The method is not one that webhooks use.",
        "Let the sender use POST.",
        "Такой метод для вебхуков не используется.",
        "Настройте у отправителя метод POST.",
    ),
    "body-too-large": (
        "The body was larger than is allowed.",
        "Send less, or raise RELAY_MAX_BODY.",
        "Тело запроса больше допустимого.",
        "Отправляйте меньше или увеличьте RELAY_MAX_BODY.",
    ),
    "unverified": (
        "The sender could not prove itself: a signature, secret or address is missing, wrong or too old.",
        "Compare the secret at the sender with the one in the settings of the relay.",
        "Отправитель не подтвердил себя: подпись, секрет или адрес отсутствуют, неверны или устарели.",
        "Сравните секрет у отправителя с тем, что указан в настройках relay.",
    ),
    "no-token": (
        "The address lacks the hook's token.",
        "Copy the whole address of the hook, token included, to the sender.",
        "В адресе нет токена этого хука.",
        "Скопируйте отправителю полный адрес хука вместе с токеном.",
    ),
    "wrong-token": (
        "The token at the end of the address is wrong.",
        "Copy the whole address of the hook, token included, to the sender.",
        "Токен в конце адреса неверен.",
        "Скопируйте отправителю полный адрес хука вместе с токеном.",
    ),
    "unreadable-body": (
        "The body is not what it says it is.",
        "Look at its first kilobytes in the list of refusals, and at the format that is set at the sender.",
        "Тело запроса не соответствует заявленному формату.",
        "Посмотрите его начало в списке отказов и формат, заданный у отправителя.",
    ),
    "too-many-requests": (
        "The hook got more requests a minute than it allows.",
        "Find out who sends so much, or raise max_per_minute of the hook.",
        "Хук получил больше запросов в минуту, чем разрешено.",
        "Выясните, кто отправляет так много, или увеличьте max_per_minute у хука.",
    ),
    "store-full": (
        "The store was too full to take a webhook; what was there already went on.",
        "The sender tries again by itself. Give the store more memory, or keep delivered events for fewer days.",
        "Хранилище заполнено, и вебхук не был принят; всё принятое раньше шло дальше.",
        "Отправитель повторит сам. Увеличьте память хранилища или храните доставленные события меньше дней.",
    ),
    "invalid-request": (
        "A request to the API was not as its document says.",
        "Read the message beside it: it names the value and what would be right.",
        "Запрос к API не соответствует описанию.",
        "Прочитайте сообщение рядом: в нём названо значение и то, каким оно должно быть.",
    ),
    "store-unavailable": (
        "The store (Redis) is away, full or read-only, so nothing can be taken.",
        "Look at the Redis service. Senders try again by themselves.",
        "Хранилище (Redis) недоступно, заполнено или закрыто для записи, принять ничего нельзя.",
        "Проверьте сервис Redis. Отправители повторят сами.",
    ),
    # ------------------------------------------------------------ what an operator asked for
    "configuration": (
        "The configuration is wrong.",
        "Run: python -m relay check. It names file, line and key.",
        "В конфигурации ошибка.",
        "Запустите: python -m relay check. Команда назовёт файл, строку и ключ.",
    ),
    "wrong-state": (
        "Its state does not allow what was asked.",
        "Reload the page: it may have moved on meanwhile.",
        "Состояние не позволяет сделать то, что запрошено.",
        "Обновите страницу: состояние могло измениться.",
    ),
    "not-found": (
        "There is nothing of this name.",
        "Check the id; old events are removed when their time is over.",
        "Такого нет.",
        "Проверьте идентификатор; старые события со временем удаляются.",
    ),
}
