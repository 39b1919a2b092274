"""What the entities look like: fields, types, translations, associations, defaults.

Each entity is one block of text in the modules beside this one::

    [product] versioned              name; its rows have a versionId
    taxId>tax!^ price:price!^ stock:int! name2:text
    T name!^ description:html        translated fields
    1 tax^& cover=product_media      to one: the foreign key is ``taxId`` and ``coverId``
      billing=order_address.billingAddressId    … or named; ``=customer_recovery<customerId``: it stands over there
    N prices=product_price.productId^#          to many: child entity and its foreign key
    M tags=tag/product_tag.productId.tagId      many to many: entity, mapping entity, local key, other key
    D active=true position=1         values of a new row, also of required fields
    B position=1                     values that the database gives to a new row

``field:type`` (no type: string of at most 255 characters, ``:s64`` of at most 64; ``:int1``: an integer of at least 1;
``>entity``: an id that refers to it). Marks: ``!`` required, ``^`` inherited by
variants, ``~`` written by the shop only, ``@`` not stored, ``&`` always loaded, ``#`` deleted with its owner,
``%`` set to null then, ``$`` forbids to delete the owner, ``-`` not in the Store API, ``?`` not in the Admin API.
"""

from .model import Association, Definition, Field, definition, definitions, extend

__all__ = ["Association", "Definition", "Field", "definition", "definitions", "extend"]
