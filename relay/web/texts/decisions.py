"""Texts of what a person decides: replaying and discarding, one delivery or many."""

from __future__ import annotations

Text = str | tuple[str, ...]

TEXTS: dict[str, tuple[Text, Text]] = {
    "replay.sent": ("Replay as sent", "Повторить как было"),
    "replay.sent.note": (
        "As sent: the same parameters once more, after you have mended something in JustClick.",
        "Как было: те же параметры ещё раз, если вы исправили что-то в JustClick.",
    ),
    "replay.mapped": ("Map again and replay", "Составить заново и повторить"),
    "replay.mapped.note": (
        "Mapped again: today's configuration makes the call anew from the event.",
        "Составить заново: вызов строится из события по нынешней конфигурации.",
    ),
    "discard.button": ("Discard …", "Закрыть …"),
    "discard.note": (
        "Discarding asks once more, and sends nothing.",
        "Перед закрытием будет вопрос; ничего не отправится.",
    ),
    "discard.title": ("Discard this delivery?", "Закрыть эту отправку?"),
    "discard.about": (
        "It will never be sent. It stays here to be read until its time is over. This cannot be undone.",
        "Она никогда не будет отправлена. До конца срока хранения её можно прочитать. Отменить это нельзя.",
    ),
    "discard.yes": ("Discard it", "Закрыть"),
    "discard.no": ("Go back", "Назад"),
    "bulk.title": ("Replay many", "Повторить многие"),
    "bulk.count": (
        ("{count} dead letter would be replayed", "{count} dead letters would be replayed"),
        ("Повторится {count} отправка", "Повторятся {count} отправки", "Повторятся {count} отправок"),
    ),
    "bulk.count.least": (
        ("At least {count} dead letter would be replayed", "At least {count} dead letters would be replayed"),
        (
            "Повторится не меньше {count} отправки",
            "Повторятся не меньше {count} отправок",
            "Повторятся не меньше {count} отправок",
        ),
    ),
    "bulk.filter": ("Those that match this:", "Подходящие под этот отбор:"),
    "bulk.no-filter": ("All that need you, without any filter.", "Все, что требуют решения, без отбора."),
    "bulk.about": (
        "Nothing has been sent yet. They go behind what has just come in, within the limits of the account.",
        "Пока ничего не отправлено. Они пойдут после новых событий, в пределах лимитов аккаунта.",
    ),
    "bulk.how": ("How?", "Как?"),
    "bulk.yes": (
        ("Replay {count} delivery", "Replay {count} deliveries"),
        ("Повторить {count} отправку", "Повторить {count} отправки", "Повторить {count} отправок"),
    ),
    "bulk.yes.all": ("Replay all of them", "Повторить все"),
    "bulk.none": ("Nothing matches, so there is nothing to replay.", "Под отбор ничего не подходит, повторять нечего."),
    "bulk.progress": ("Progress", "Ход"),
    "bulk.running": (
        ("Replaying {count} delivery", "Replaying {count} deliveries"),
        ("Повторяем {count} отправку", "Повторяем {count} отправки", "Повторяем {count} отправок"),
    ),
    "bulk.finished": (
        ("Replayed: {count} delivery", "Replayed: {count} deliveries"),
        ("Готово: {count} отправка", "Готово: {count} отправки", "Готово: {count} отправок"),
    ),
    "bulk.done": ("Done", "Сделано"),
    "bulk.of": ("{done} of {total}", "{done} из {total}"),
    "bulk.replayed": ("Queued again", "Снова в очереди"),
    "bulk.skipped": ("Left as they were", "Оставлены как есть"),
    "bulk.skipped.about": (
        "Somebody has moved them meanwhile, or today's configuration still makes no valid call of them.",
        "Их тем временем кто-то изменил, или нынешняя конфигурация всё ещё не даёт из них верного вызова.",
    ),
    "bulk.refreshes": (
        "This page refreshes by itself. A worker does the replaying.",
        "Страница обновляется сама. Повторяет рабочий процесс.",
    ),
}
