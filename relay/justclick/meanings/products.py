"""Codes of products, partners and domains: 300 to 303 (as products), 700, 900, 950, 1000."""

from __future__ import annotations

from relay.justclick.meanings.meaning import Meaning, Verdict, row

ROWS: tuple[Meaning, ...] = (
    row(
        300,
        "UpdateGood",
        "Product not found",
        Verdict.FIX,
        en=(
            "There is no product with this id in the shop.",
            "Check good_name against the list of GetAllGoods, or create the product with AddGood.",
        ),
        ru=(
            "В магазине нет товара с таким идентификатором.",
            "Сверьте good_name со списком GetAllGoods или создайте товар через AddGood.",
        ),
    ),
    row(
        301,
        "AddGood",
        "Product already exist",
        Verdict.DONE,
        en=(
            "A product with this id exists already.",
            (
                "Nothing to do if it is the same one; to change it use UpdateGood, for another one choose "
                "another good_name."
            ),
        ),
        ru=(
            "Товар с таким идентификатором уже есть.",
            (
                "Если это он и есть, делать ничего не нужно; изменить его можно через UpdateGood, новому дайте "
                "другой good_name."
            ),
        ),
    ),
    row(
        302,
        "DeleteGood UpdateGood",
        "Failed to remove product",
        Verdict.FIX,
        en=(
            "JustClick did not change or remove the product; most often it does not exist.",
            "Check good_name against the list of GetAllGoods and look at the product in JustClick.",
        ),
        ru=(
            "JustClick не изменил и не удалил товар; чаще всего его просто нет.",
            "Сверьте good_name со списком GetAllGoods и посмотрите товар в JustClick.",
        ),
        fragments=("product",),
    ),
    row(
        303,
        "AddGood",
        "Failed to add product",
        Verdict.FIX,
        en=(
            "JustClick could not create the product.",
            "Compare the fields with a product that was made by hand in JustClick, correct them, then replay.",
        ),
        ru=(
            "JustClick не смог создать товар.",
            "Сравните поля с товаром, созданным в JustClick вручную, исправьте их и повторите.",
        ),
        fragments=("product",),
    ),
    row(
        700,
        "GetAllGoods",
        "No products",
        Verdict.DATA,
        en=("An empty answer: the shop has no products.", "Nothing to do."),
        ru=("Пустой ответ: в магазине нет товаров.", "Делать ничего не нужно."),
    ),
    row(
        900,
        "",
        "Active domains not found",
        Verdict.FIX,
        en=(
            "The account has no active domain.",
            "Look at the account's domains in JustClick (Site, Settings, Domains).",
        ),
        ru=("У аккаунта нет активного домена.", "Проверьте домены аккаунта в JustClick (Сайт, Настройки, Домены)."),
    ),
    row(
        950,
        "",
        "Recurrent is not canceled",
        Verdict.UNCERTAIN,
        en=("A recurring payment was not stopped.", "Look at the order in JustClick and stop the payment there."),
        ru=("Регулярный платёж не остановлен.", "Откройте заказ в JustClick и остановите платёж там."),
    ),
    row(
        1000,
        "GetPartnerStats",
        "Partner not found",
        Verdict.DATA,
        en=("There is no partner with this login.", "Check the partner's login."),
        ru=("Партнёра с таким логином нет.", "Проверьте логин партнёра."),
    ),
)
