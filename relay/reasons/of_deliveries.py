"""Why a delivery was tried again, is dead or is held."""

from __future__ import annotations

_RETRIES = (
    "The relay tries again by itself. If it goes on for hours, ask JustClick's support whether there is trouble.",
    "Relay повторит сам. Если это длится часами, спросите поддержку JustClick, нет ли сбоя.",
)
_REPLAY = (
    "Correct it in relay.yaml or in the form, then map again and replay.",
    "Исправьте это в relay.yaml или в форме, затем сопоставьте и отправьте заново.",
)

# meaning and advice in English, then both in Russian
ROWS: dict[str, tuple[str, str, str, str]] = {
    # ------------------------------------------------------------ JustClick was not reached
    "no-connection": (
        "No connection to JustClick was made, so nothing was sent.",
        "The relay tries again by itself. If it goes on, check the account's address in relay.yaml.",
        "Соединиться с JustClick не удалось, ничего не отправлено.",
        "Relay повторит сам. Если не проходит, проверьте адрес аккаунта в relay.yaml.",
    ),
    "tls": (
        "The server's certificate could not be trusted, so nothing was sent.",
        "Check the account's address. A domain of your own needs a valid certificate; login.justclick.ru has one.",
        "Сертификату сервера нельзя доверять, поэтому ничего не отправлено.",
        "Проверьте адрес аккаунта. Своему домену нужен действующий сертификат; у login.justclick.ru он есть.",
    ),
    "timeout": (
        "JustClick did not answer in time. If the call had been sent whole, it may have been carried out.",
        _RETRIES[0],
        "JustClick не ответил вовремя. Если вызов успел уйти целиком, он мог выполниться.",
        _RETRIES[1],
    ),
    "cut": (
        "The connection broke before the answer was complete.",
        _RETRIES[0],
        "Соединение оборвалось до конца ответа.",
        _RETRIES[1],
    ),
    "http-status": (
        "A server answered with an HTTP error instead of JustClick's answer.",
        _RETRIES[0],
        "Сервер ответил ошибкой HTTP вместо ответа JustClick.",
        _RETRIES[1],
    ),
    "redirected": (
        "The address leads elsewhere. A signed call is never sent on to another address.",
        "Correct the account's address in relay.yaml: https://, the right brand, no www. Then replay.",
        "Адрес перенаправляет в другое место. Подписанный вызов никогда не пересылается по другому адресу.",
        "Исправьте адрес аккаунта в relay.yaml: https://, верный домен, без www. Затем повторите.",
    ),
    "not-json": (
        "What came back is not an answer of JustClick's, often a page about maintenance.",
        _RETRIES[0],
        "Пришёл не ответ JustClick, а что-то другое, часто страница о технических работах.",
        _RETRIES[1],
    ),
    "empty": ("The answer was empty.", _RETRIES[0], "Ответ пустой.", _RETRIES[1]),
    "forged": (
        "The answer's signature is wrong, so it is not believed. The call may have been carried out.",
        "Look in JustClick whether it was done. If every answer is like this, the secret key or the address is wrong.",
        "Подпись ответа неверна, поэтому ему нет веры. Сам вызов мог выполниться.",
        "Проверьте в JustClick, выполнено ли действие. Если так с каждым ответом, неверен секретный ключ или адрес.",
    ),
    "interrupted": (
        "The worker stopped in the middle of the attempt.",
        "Nothing to do: the call goes on by itself, after a look whether it had been made.",
        "Рабочий процесс остановился посреди попытки.",
        "Делать ничего не нужно: вызов продолжится сам, сначала проверив, не был ли он уже выполнен.",
    ),
    # ------------------------------------------------------------ why it is dead
    "interrupted-often": (
        "Eleven attempts in a row ended with the death of their worker, so it is not tried again by itself.",
        "Look into the log of the worker (memory, restarts). Look in JustClick whether it was done, then replay it.",
        "Одиннадцать попыток подряд закончились гибелью рабочего процесса, поэтому повторов больше нет.",
        "Посмотрите журнал процесса (память, перезапуски), проверьте в JustClick, выполнено ли действие, и повторите.",
    ),
    "internal-error": (
        "A fault of the relay itself got in the way; the log of the worker tells which.",
        "Report it with the lines of the log. Look in JustClick whether it was done before you replay it.",
        "Помешала ошибка в самом relay; какая, сказано в журнале рабочего процесса.",
        "Сообщите о ней со строками журнала. Прежде чем повторять, проверьте в JustClick, выполнено ли действие.",
    ),
    "refused": (
        "JustClick refused the call.",
        "Read what its code means.",
        "JustClick отклонил вызов.",
        "Прочитайте, что означает его код.",
    ),
    "tries-used-up": (
        "All tries were made (about three days) and none brought an answer.",
        "When JustClick can be reached again, press Replay.",
        "Все попытки (около трёх суток) сделаны, ответа нет.",
        "Когда JustClick снова доступен, нажмите «Повторить».",
    ),
    "uncertain": (
        "Nobody can tell whether the call was carried out, and repeating it blindly could do it twice.",
        "Look in JustClick: if it is there, press Discard, if not, press Replay.",
        "Неизвестно, выполнен ли вызов, а повтор вслепую мог бы выполнить его дважды.",
        "Посмотрите в JustClick: если действие выполнено, нажмите «Отклонить», если нет, «Повторить».",
    ),
    "order-unknown": (
        "The order that this call is about did not come in time.",
        "Find the order's number in JustClick, or replay the call that creates it, then replay this one.",
        "Заказ, к которому относится вызов, так и не появился.",
        "Найдите номер заказа в JustClick или повторите вызов, который его создаёт, затем повторите этот.",
    ),
    "result-unknown": (
        "The call needs the result of another call, and that has none.",
        "Mend and replay the other call of this event first, then this one.",
        "Вызову нужен результат другого вызова, а его нет.",
        "Сначала исправьте и повторите другой вызов этого события, затем этот.",
    ),
    "unmappable": (
        "The event could not be turned into a call.",
        _REPLAY[0],
        "Событие не удалось превратить в вызов.",
        _REPLAY[1],
    ),
    "invalid-parameters": (
        "The parameters are not what JustClick documents, so nothing was sent.",
        _REPLAY[0],
        "Параметры не такие, как требует документация JustClick, поэтому ничего не отправлено.",
        _REPLAY[1],
    ),
    "no-contact": (
        "The event holds no e-mail address, and this call needs one.",
        "Make the e-mail a required field of the form, or tell relay.yaml where it stands (contact: email:).",
        "В событии нет e-mail, а этому вызову он нужен.",
        "Сделайте e-mail обязательным полем формы или укажите в relay.yaml, где он находится (contact: email:).",
    ),
    "expression-failed": (
        "An expression of relay.yaml failed with this event.",
        _REPLAY[0],
        "Выражение из relay.yaml не сработало на этом событии.",
        _REPLAY[1],
    ),
    "expression-broken": (
        "An expression of relay.yaml is not written correctly.",
        "Run: python -m relay check. It names the line.",
        "Выражение в relay.yaml записано неверно.",
        "Запустите: python -m relay check. Команда назовёт строку.",
    ),
    "fetch-failed": (
        "Further details could not be fetched from the sender.",
        "Check the key for the sender's API in the settings, then map again and replay.",
        "Не удалось получить подробности у отправителя.",
        "Проверьте ключ к API отправителя в настройках, затем сопоставьте и отправьте заново.",
    ),
    # ------------------------------------------------------------ why it is held
    "account-paused": (
        "The account is paused, so its calls wait.",
        "See why it was paused, mend that, then press Resume: nothing is lost.",
        "Аккаунт на паузе, его вызовы ждут.",
        "Посмотрите причину паузы, устраните её и нажмите «Возобновить»: ничего не потеряно.",
    ),
    "account-unreachable": (
        "JustClick left ten calls of this account in a row without an answer: the others wait and use up no tries.",
        "Nothing: one call at a time is tried, and when JustClick answers all go on by themselves.",
        "JustClick не ответил на десять вызовов этого аккаунта подряд, поэтому остальные ждут, не расходуя попыток.",
        "Ничего делать не нужно: relay пробует по одному вызову и продолжит сам, когда JustClick ответит.",
    ),
    "function-paused": (
        "This function of the account is paused, so its calls wait.",
        "See why it was paused. After code 8 it resumes by itself when 24 hours are over.",
        "Эта функция аккаунта на паузе, её вызовы ждут.",
        "Посмотрите причину паузы. После кода 8 работа возобновится сама через 24 часа.",
    ),
    "hook-paused": (
        "The hook is paused, so its calls wait.",
        "Press Resume at the hook when its calls may go on.",
        "Приём с этого адреса на паузе, его вызовы ждут.",
        "Нажмите «Возобновить» у этого хука, когда вызовы можно продолжать.",
    ),
    "unknown-account": (
        "relay.yaml has no such account (any more).",
        "Put the account back into relay.yaml, or map again and replay with today's configuration.",
        "В relay.yaml (больше) нет такого аккаунта.",
        "Верните аккаунт в relay.yaml или сопоставьте заново с нынешней конфигурацией.",
    ),
}
