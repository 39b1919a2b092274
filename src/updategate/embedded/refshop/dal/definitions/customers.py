"""Entities of customers and of where they buy: sales channels, countries, currencies, languages.

The notation is described in the package ``definitions``.
"""

TEXT = """\
[country]
iso position:int active:bool shippingAvailable:bool iso3 displayStateInRegistration:bool
forceStateInRegistration:bool checkVatIdPattern:bool vatIdRequired:bool vatIdPattern
customerTax:tax_free companyTax:tax_free postalCodeRequired:bool checkPostalCodePattern:bool
checkAdvancedPostalCodePattern:bool advancedPostalCodePattern defaultPostalCodePattern isEu:bool!
T name! customFields:json addressFormat:json!
N states=country_state.countryId# customerAddresses=customer_address.countryId$-
  orderAddresses=order_address.countryId$- salesChannelDefaultAssignments=sales_channel.countryId$-
  taxRules=tax_rule.countryId$- currencyCountryRoundings=currency_country_rounding.countryId#-
M salesChannels=sales_channel/sales_channel_country.countryId.salesChannelId-
D isEu=false vatIdRequired=false postalCodeRequired=false checkPostalCodePattern=false
  addressFormat=[["address/company","symbol/dash","address/department"],["address/first_name","address/last_name"],["address/street"],["address/zipcode","address/city"],["address/country"]]
B active=true checkAdvancedPostalCodePattern=false checkVatIdPattern=false
  displayStateInRegistration=false forceStateInRegistration=false position=1 shippingAvailable=true

[country_state]
countryId>country! shortCode! position:int active:bool
T name! customFields:json
1 country-
N customerAddresses=customer_address.countryStateId%- orderAddresses=order_address.countryStateId%-
B active=true position=1

[currency]
factor:float! symbol! isoCode:s3! position:int isSystemDefault:bool@ taxFreeFrom:float
itemRounding:rounding! totalRounding:rounding!
T shortName! name! customFields:json
N salesChannelDefaultAssignments=sales_channel.currencyId$- orders=order.currencyId$-
  salesChannelDomains=sales_channel_domain.currencyId$-
  promotionDiscountPrices=promotion_discount_prices.currencyId#-
  productExports=product_export.currencyId$- countryRoundings=currency_country_rounding.currencyId#-
M salesChannels=sales_channel/sales_channel_currency.currencyId.salesChannelId-
B position=1 taxFreeFrom=0

[currency_country_rounding]
currencyId>currency!- countryId>country!- itemRounding:rounding!- totalRounding:rounding!-
1 currency- country-

[customer]
groupId>customer_group! salesChannelId>sales_channel! languageId>language!
lastPaymentMethodId>payment_method defaultBillingAddressId>customer_address!
defaultShippingAddressId>customer_address! autoIncrement:int~- customerNumber! salutationId>salutation
firstName! lastName! company password:password-? email:email! title:s100 vatIds:list affiliateCode
campaignCode active:bool doubleOptInRegistration:bool doubleOptInEmailSentDate:date
doubleOptInConfirmDate:date hash guest:bool firstLogin:date lastLogin:date
newsletterSalesChannelIds:json~-? birthday:day lastOrderDate:date~ orderCount:int~
orderTotalAmount:float~ reviewCount:int~ customFields:json legacyPassword-? legacyEncoder-?
remoteAddress- tagIds:list~ requestedGroupId>customer_group- boundSalesChannelId>sales_channel-
accountType! createdById>user updatedById>user defaultPaymentMethodId>payment_method!
1 group=customer_group salesChannel- language lastPaymentMethod=payment_method
  defaultBillingAddress=customer_address
  defaultShippingAddress=customer_address salutation
  recoveryCustomer=customer_recovery<customerId- requestedGroup=customer_group-
  boundSalesChannel=sales_channel- createdBy=user- updatedBy=user- defaultPaymentMethod=payment_method
N addresses=customer_address.customerId# orderCustomers=order_customer.customerId%-
  productReviews=product_review.customerId- wishlists=customer_wishlist.customerId#-
M tags=tag/customer_tag.customerId.tagId
  promotions=promotion/promotion_persona_customer.customerId.promotionId-
D accountType=private
B active=true doubleOptInRegistration=false guest=false orderCount=0 orderTotalAmount=0 reviewCount=0

[customer_address]
customerId>customer! countryId>country! countryStateId>country_state salutationId>salutation firstName:s50!
lastName:s60! zipcode:s50 city! company street! department title:s100 phoneNumber:s40 additionalAddressLine1
additionalAddressLine2 customFields:json
1 customer- country countryState salutation

[customer_group]
displayGross:bool registrationActive:bool
T name! customFields:json registrationTitle registrationIntroduction:html
  registrationOnlyCompanyRegistration:bool registrationSeoMetaDescription:text
N customers=customer.groupId$- salesChannels=sales_channel.customerGroupId$-
M
  registrationSalesChannels=sales_channel/customer_group_registration_sales_channels.customerGroupId.salesChannelId-
B displayGross=true registrationActive=false

[customer_group_registration_sales_channels] key=customerGroupId,salesChannelId noupdated
customerGroupId>customer_group!- salesChannelId>sales_channel!-
1 customerGroup- salesChannel-

[customer_recovery]
hash!- customerId>customer!-
1 customer-

[customer_tag] key=customerId,tagId nocreated noupdated
customerId>customer! tagId>tag!
1 customer- tag

[customer_wishlist]
customerId>customer! salesChannelId>sales_channel!- customFields:json
1 customer- salesChannel-
N products=customer_wishlist_product.wishlistId#-

[customer_wishlist_product]
productId>product! wishlistId>customer_wishlist!-
1 wishlist=customer_wishlist- product-

[language]
parentId>language localeId>locale! translationCodeId>locale name! customFields:json
1 parent=language locale translationCode=locale productSearchConfig=product_search_config<languageId#-
N children=language.parentId# salesChannelDefaultAssignments=sales_channel.languageId-
  salesChannelDomains=sales_channel_domain.languageId$- customers=customer.languageId$-
  newsletterRecipients=newsletter_recipient.languageId$- orders=order.languageId$-
  categoryTranslations=category_translation.languageId#-
  countryStateTranslations=country_state_translation.languageId#-
  countryTranslations=country_translation.languageId#-
  currencyTranslations=currency_translation.languageId#-
  customerGroupTranslations=customer_group_translation.languageId#-
  localeTranslations=locale_translation.languageId#- mediaTranslations=media_translation.languageId#-
  paymentMethodTranslations=payment_method_translation.languageId#-
  productManufacturerTranslations=product_manufacturer_translation.languageId#-
  productTranslations=product_translation.languageId#-
  shippingMethodTranslations=shipping_method_translation.languageId#-
  unitTranslations=unit_translation.languageId#-
  propertyGroupTranslations=property_group_translation.languageId#-
  propertyGroupOptionTranslations=property_group_option_translation.languageId#-
  salesChannelTranslations=sales_channel_translation.languageId#-
  salesChannelTypeTranslations=sales_channel_type_translation.languageId#-
  salutationTranslations=salutation_translation.languageId#-
  pluginTranslations=plugin_translation.languageId#-
  productStreamTranslations=product_stream_translation.languageId#-
  stateMachineTranslations=state_machine_translation.languageId#-
  stateMachineStateTranslations=state_machine_state_translation.languageId#-
  cmsPageTranslations=cms_page_translation.languageId#-
  cmsSlotTranslations=cms_slot_translation.languageId#-
  mailTemplateTranslations=mail_template_translation.languageId#-
  mailHeaderFooterTranslations=mail_header_footer_translation.languageId#-
  documentTypeTranslations=document_type_translation.languageId#-
  numberRangeTypeTranslations=number_range_type_translation.languageId#-
  deliveryTimeTranslations=delivery_time_translation.languageId#-
  productSearchKeywords=product_search_keyword.languageId#-
  productKeywordDictionaries=product_keyword_dictionary.languageId#-
  mailTemplateTypeTranslations=mail_template_type_translation.languageId#-
  promotionTranslations=promotion_translation.languageId#-
  numberRangeTranslations=number_range_translation.languageId#-
  productReviews=product_review.languageId#- seoUrlTranslations=seo_url.languageId#-
  taxRuleTypeTranslations=tax_rule_type_translation.languageId#-
  productCrossSellingTranslations=product_cross_selling_translation.languageId#-
  importExportProfileTranslations=import_export_profile_translation.languageId#-
  productSortingTranslations=product_sorting_translation.languageId#-
  productFeatureSetTranslations=product_feature_set_translation.languageId#-
  appTranslations=app_translation.languageId#-
  actionButtonTranslations=app_action_button_translation.languageId#-
  landingPageTranslations=landing_page_translation.languageId#-
  appCmsBlockTranslations=app_cms_block_translation.languageId#-
  appScriptConditionTranslations=app_script_condition_translation.languageId#-
  appFlowActionTranslations=app_flow_action_translation.languageId#-
  taxProviderTranslations=tax_provider_translation.languageId#-
  themeTranslations=theme_translation.languageId#-?
M salesChannels=sales_channel/sales_channel_language.languageId.salesChannelId-

[locale]
code!
T name! territory! customFields:json
N languages=language.localeId#- users=user.localeId$-

[newsletter_recipient]
email!- title- firstName- lastName- zipCode- city- street- status!- hash!- customFields:json-
confirmedAt:date- salutationId>salutation- languageId>language!- salesChannelId>sales_channel!-
1 salutation- language- salesChannel-
M tags=tag/newsletter_recipient_tag.newsletterRecipientId.tagId-

[newsletter_recipient_tag] key=newsletterRecipientId,tagId nocreated noupdated
newsletterRecipientId>newsletter_recipient!- tagId>tag!-
1 newsletterRecipient- tag-

[sales_channel]
typeId>sales_channel_type!- languageId>language! customerGroupId>customer_group! currencyId>currency!
paymentMethodId>payment_method! shippingMethodId>shipping_method! countryId>country!
analyticsId>sales_channel_analytics- navigationCategoryId>category! navigationCategoryDepth:int
footerCategoryId>category serviceCategoryId>category mailHeaderFooterId>mail_header_footer
hreflangDefaultDomainId>sales_channel_domain shortName taxCalculationType accessKey!- configuration:json
active:bool hreflangActive:bool maintenance:bool maintenanceIpWhitelist:list- paymentMethodIds:list~-
homeCmsPageId>cms_page-
T name! customFields:json homeSlotConfig:json- homeEnabled:bool!- homeName- homeMetaTitle-
  homeMetaDescription- homeKeywords-
1 type=sales_channel_type- language customerGroup- currency paymentMethod shippingMethod country
  homeCmsPage=cms_page- navigationCategory=category footerCategory=category serviceCategory=category
  hreflangDefaultDomain=sales_channel_domain mailHeaderFooter- analytics=sales_channel_analytics#-
N orders=order.salesChannelId- customers=customer.salesChannelId-
  domains=sales_channel_domain.salesChannelId# systemConfigs=system_config.salesChannelId#-
  productVisibilities=product_visibility.salesChannelId#-
  newsletterRecipients=newsletter_recipient.salesChannelId-
  numberRangeSalesChannels=number_range_sales_channel.salesChannelId#-
  promotionSalesChannels=promotion_sales_channel.salesChannelId#-
  documentBaseConfigSalesChannels=document_base_config_sales_channel.salesChannelId#-
  productReviews=product_review.salesChannelId- seoUrls=seo_url.salesChannelId#-
  seoUrlTemplates=seo_url_template.salesChannelId#- mainCategories=main_category.salesChannelId#-
  productExports=product_export.salesChannelId- boundCustomers=customer.boundSalesChannelId-
  wishlists=customer_wishlist.salesChannelId#-
M currencies=currency/sales_channel_currency.salesChannelId.currencyId-
  languages=language/sales_channel_language.salesChannelId.languageId-
  countries=country/sales_channel_country.salesChannelId.countryId-
  paymentMethods=payment_method/sales_channel_payment_method.salesChannelId.paymentMethodId-
  shippingMethods=shipping_method/sales_channel_shipping_method.salesChannelId.shippingMethodId-
  customerGroupsRegistrations=customer_group/customer_group_registration_sales_channels.salesChannelId.customerGroupId-
  landingPages=landing_page/landing_page_sales_channel.salesChannelId.landingPageId-
  themes=theme/theme_sales_channel.salesChannelId.themeId-?
D taxCalculationType=horizontal homeEnabled=true
B active=true hreflangActive=false maintenance=false navigationCategoryDepth=2

[sales_channel_analytics]
trackingId- active:bool- trackOrders:bool- anonymizeIp:bool-
1 salesChannel=sales_channel<analyticsId-
B active=false anonymizeIp=true trackOrders=false

[sales_channel_country] key=salesChannelId,countryId nocreated noupdated
salesChannelId>sales_channel!- countryId>country!-
1 salesChannel- country-

[sales_channel_currency] key=salesChannelId,currencyId nocreated noupdated
salesChannelId>sales_channel!- currencyId>currency!-
1 salesChannel- currency-

[sales_channel_domain]
url! salesChannelId>sales_channel! languageId>language! currencyId>currency! snippetSetId>snippet_set!
hreflangUseOnlyLocale:bool customFields:json
1 salesChannel- language currency snippetSet-
  salesChannelDefaultHreflang=sales_channel<hreflangDefaultDomainId
N productExports=product_export.salesChannelDomainId-
B hreflangUseOnlyLocale=false

[sales_channel_language] key=salesChannelId,languageId nocreated noupdated
salesChannelId>sales_channel!- languageId>language!-
1 salesChannel- language-

[sales_channel_payment_method] key=salesChannelId,paymentMethodId nocreated noupdated
salesChannelId>sales_channel!- paymentMethodId>payment_method!-
1 salesChannel- paymentMethod-

[sales_channel_shipping_method] key=salesChannelId,shippingMethodId nocreated noupdated
salesChannelId>sales_channel!- shippingMethodId>shipping_method!-
1 salesChannel- shippingMethod-

[sales_channel_type]
coverUrl- iconName- screenshotUrls:list-
T name!- manufacturer- description- descriptionLong:html customFields:json-
N salesChannels=sales_channel.typeId-

[salutation]
salutationKey!
T displayName! letterName! customFields:json
N customers=customer.salutationId%- customerAddresses=customer_address.salutationId%-
  orderCustomers=order_customer.salutationId%- orderAddresses=order_address.salutationId%-
  newsletterRecipients=newsletter_recipient.salutationId%-

[snippet]
setId>snippet_set! translationKey! value:html! author!- customFields:json
1 set=snippet_set-

[snippet_set]
name! baseFile!- iso! customFields:json
N snippets=snippet.setId# salesChannelDomains=sales_channel_domain.snippetSetId$-
"""
