"""updategate decides, with evidence, whether a Shopware update may go one stage further."""
