"""Entities of the catalogue: products, categories, properties, media, taxes.

The notation is described in the package ``definitions``.
"""

TEXT = """\
[category] versioned
parentId>category afterCategoryId:id mediaId>media displayNestedProducts:bool! autoIncrement:int~-
level:int~ path:text~ childCount:int~ type! productAssignmentType! visible:bool active:bool
cmsPageIdSwitched:bool@ visibleChildCount:int@ cmsPageId>cms_page productStreamId>product_stream-
customEntityTypeId:id
T breadcrumb:list~ name! customFields:json slotConfig:json- linkType internalLink:id externalLink
  linkNewTab:bool description:html metaTitle:text metaDescription:text keywords:text
1 parent=category media cmsPage productStream-
N children=category.parentId# navigationSalesChannels=sales_channel.navigationCategoryId-
  footerSalesChannels=sales_channel.footerCategoryId-
  serviceSalesChannels=sales_channel.serviceCategoryId- mainCategories=main_category.categoryId#-
  seoUrls=seo_url.foreignKey
M products=product/product_category.categoryId.productId#-
  nestedProducts=product/product_category_tree.categoryId.productId~#-
  tags=tag/category_tag.categoryId.tagId
D displayNestedProducts=true type=page productAssignmentType=product
B active=true childCount=0 level=1 visible=true visibleChildCount=0

[category_tag] key=categoryId,tagId nocreated noupdated
categoryId>category!- tagId>tag!-
1 category- tag-

[cms_block] versioned
position:int! type! locked:bool@- name sectionPosition marginTop marginBottom marginLeft marginRight
backgroundColor backgroundMediaId>media backgroundMediaMode cssClass visibility:json
sectionId>cms_section! customFields:json
1 section=cms_section- backgroundMedia=media
N slots=cms_slot.blockId#
B locked=false sectionPosition=main

[cms_page] versioned
type! entity cssClass config:json previewMediaId>media locked:bool@-
T name customFields:json
1 previewMedia=media
N sections=cms_section.pageId# categories=category.cmsPageId$- landingPages=landing_page.cmsPageId$
  homeSalesChannels=sales_channel.homeCmsPageId$- products=product.cmsPageId$-
B locked=false

[cms_section] versioned
position:int! type! locked:bool@- name sizingMode mobileBehavior backgroundColor backgroundMediaId>media
backgroundMediaMode cssClass pageId>cms_page! visibility:json customFields:json
1 page=cms_page backgroundMedia=media
N blocks=cms_block.sectionId#
B locked=false mobileBehavior=wrap sizingMode=boxed type=default

[cms_slot] versioned
type! slot! locked:bool@ data:json~@ blockId>cms_block! fieldConfig:json@
T config:json customFields:json
1 block=cms_block
B locked=false

[custom_field]
name!- type!- config:json- active:bool- customFieldSetId>custom_field_set- allowCustomerWrite:bool-
allowCartExpose:bool-
1 customFieldSet-
N productSearchConfigFields=product_search_config_field.customFieldId#-
D allowCustomerWrites=false allowCartExpose=false
B active=true allowCustomerWrite=false

[custom_field_set]
name!- config:json- active:bool- global:bool- position:int- appId>app-
1 app-
N customFields=custom_field.customFieldSetId#- relations=custom_field_set_relation.customFieldSetId#-
M products=product/product_custom_field_set.customFieldSetId.productId#-
D position=1
B active=true global=false

[custom_field_set_relation]
customFieldSetId>custom_field_set!- entityName!-
1 customFieldSet-

[main_category]
productId>product! categoryId>category! salesChannelId>sales_channel!
1 product- category- salesChannel-

[media]
userId>user- mediaFolderId>media_folder- mimeType~ fileExtension~ uploadedAt:date~ fileName:text~
fileSize:int~ mediaTypeRaw:blob~-? metaData:json~ mediaType:json~@- config:json url@ path hasFile:bool@
private:bool thumbnailsRo:blob@-?
T alt:text title customFields:json
1 user- mediaFolder-
N thumbnails=media_thumbnail.mediaId#& categories=category.mediaId%-
  productManufacturers=product_manufacturer.mediaId%- productMedia=product_media.mediaId#-
  productDownloads=product_download.mediaId$- orderLineItemDownloads=order_line_item_download.mediaId$-
  avatarUsers=user.avatarId%- propertyGroupOptions=property_group_option.mediaId%-
  mailTemplateMedia=mail_template_media.mediaId#- documentBaseConfigs=document_base_config.logoId%-
  shippingMethods=shipping_method.mediaId%- paymentMethods=payment_method.mediaId%-
  productConfiguratorSettings=product_configurator_setting.mediaId%-
  orderLineItems=order_line_item.coverId%- cmsBlocks=cms_block.backgroundMediaId$-
  cmsSections=cms_section.backgroundMediaId$- cmsPages=cms_page.previewMediaId$-
  documents=document.documentMediaFileId$- appPaymentMethods=app_payment_method.originalMediaId%-
  appShippingMethods=app_shipping_method.originalMediaId%- themes=theme.previewMediaId-?
M tags=tag/media_tag.mediaId.tagId-
B private=false

[media_default_folder]
entity!- customFields:json-
1 folder=media_folder<defaultFolderId-

[media_folder]
useParentConfiguration:bool- configurationId>media_folder_configuration!-
defaultFolderId>media_default_folder- parentId>media_folder- childCount:int~- path:text~- name!-
customFields:json-
1 parent=media_folder- defaultFolder=media_default_folder- configuration=media_folder_configuration-
N children=media_folder.parentId#- media=media.mediaFolderId%-
D useParentConfiguration=true
B childCount=0

[media_tag] key=mediaId,tagId nocreated noupdated
mediaId>media! tagId>tag!
1 media tag

[media_thumbnail]
mediaId>media! width:int!~ height:int!~ url@ path customFields:json
1 media-

[media_thumbnail_size]
width:int! height:int! customFields:json
M
  mediaFolderConfigurations=media_folder_configuration/media_folder_configuration_media_thumbnail_size.mediaThumbnailSizeId.mediaFolderConfigurationId-

[product] versioned
parentId>product manufacturerId>product_manufacturer^ unitId>unit^ taxId>tax!^ coverId>product_media^
deliveryTimeId>delivery_time^ featureSetId>product_feature_set^- canonicalProductId>product^
cmsPageId>cms_page^ price:price!^- productNumber:s64! restockTime:int^ autoIncrement:int~- active:bool^
available:bool~ isCloseout:bool^ availableStock:int~ stock:int! variation:list@- displayGroup~
variantListingConfig:variant_listing^- variantRestrictions:json- manufacturerNumber^ ean^ purchaseSteps:int1^
maxPurchase:int^ minPurchase:int1^ purchaseUnit:float^ referenceUnit:float^ shippingFree:bool^
purchasePrices:price^- markAsTopseller:bool^ weight:float^ width:float^ height:float^ length:float^
releaseDate:date^ ratingAverage:float^~ categoryTree:list^~ propertyIds:list^~ optionIds:list^~
streamIds:list^~ tagIds:list^~ categoryIds:list^~ childCount:int~ customFieldSetSelectionActive:bool^-
sales:int~ states:list~
T metaDescription^ name!^ keywords:text^ description:html^ metaTitle^ packUnit^ packUnitPlural^
  customFields:json^ slotConfig:json^ customSearchKeywords:list^-
1 parent=product deliveryTime^ tax^& manufacturer=product_manufacturer^ unit^ cover=product_media^
  featureSet=product_feature_set^- cmsPage^ canonicalProduct=product^
N downloads=product_download.productId# children=product.parentId# prices=product_price.productId^#-
  media=product_media.productId^# crossSellings=product_cross_selling.productId^#
  crossSellingAssignedProducts=product_cross_selling_assigned_products.productId#-
  configuratorSettings=product_configurator_setting.productId#
  visibilities=product_visibility.productId^#- searchKeywords=product_search_keyword.productId#-
  productReviews=product_review.productId# mainCategories=main_category.productId#
  seoUrls=seo_url.foreignKey orderLineItems=order_line_item.productId%-
  wishlists=customer_wishlist_product.productId#-
M options=property_group_option/product_option.productId.optionId#
  properties=property_group_option/product_property.productId.optionId^#
  categories=category/product_category.productId.categoryId^#
  streams=product_stream/product_stream_mapping.productId.productStreamId#
  categoriesRo=category/product_category_tree.productId.categoryId~#
  tags=tag/product_tag.productId.tagId^#
  customFieldSets=custom_field_set/product_custom_field_set.productId.customFieldSetId^#-
D isCloseout=false minPurchase=1 purchaseSteps=1 shippingFree=false restockTime=null active=true
  markAsTopseller=false

[product_category] key=productId,categoryId nocreated noupdated
productId>product!- categoryId>category!-
1 product- category-

[product_category_tree] key=productId,categoryId nocreated noupdated
productId>product!- categoryId>category!-
1 product- category-

[product_configurator_setting] versioned
productId>product! mediaId>media optionId>property_group_option! price:json- position:int
customFields:json
1 product- media option=property_group_option
B position=0

[product_cross_selling]
position:int! sortBy sortDirection type! active:bool limit:int productId>product!-
productStreamId>product_stream-
T name!
1 product- productStream-
N assignedProducts=product_cross_selling_assigned_products.crossSellingId#-
D position=0 sortBy=cheapestPrice sortDirection=ASC type=productStream active=false limit=24

[product_cross_selling_assigned_products]
crossSellingId>product_cross_selling!- productId>product!- position:int-
1 product- crossSelling=product_cross_selling-
B position=0

[product_custom_field_set] key=productId,customFieldSetId nocreated noupdated
productId>product!- customFieldSetId>custom_field_set!-
1 product- customFieldSet-

[product_download] versioned
productId>product! mediaId>media! position:int customFields:json
1 product media
B position=1

[product_export]
productStreamId>product_stream!- storefrontSalesChannelId>sales_channel!- salesChannelId>sales_channel!-
salesChannelDomainId>sales_channel_domain!- currencyId>currency!- fileName!- accessKey!- encoding!-
fileFormat!- includeVariants:bool- generateByCronjob:bool!- generatedAt:date- interval:int!-
headerTemplate:html- bodyTemplate:html- footerTemplate:html- pausedSchedule:bool- isRunning:bool-
1 productStream- storefrontSalesChannel=sales_channel- salesChannel- salesChannelDomain- currency-
B generateByCronjob=false includeVariants=false isRunning=false pausedSchedule=false

[product_manufacturer] versioned
mediaId>media link
T name! description:html customFields:json
1 media
N products=product.manufacturerId%-

[product_media] versioned
productId>product! mediaId>media! position:int customFields:json
1 product- media&
N coverProducts=product.coverId%-
B position=1

[product_option] key=productId,optionId nocreated noupdated
productId>product!- optionId>property_group_option!-
1 product- option=property_group_option-

[product_price] versioned
productId>product!- ruleId>rule!- price:price!- quantityStart:int!- quantityEnd:int- customFields:json-
1 product- rule-

[product_property] key=productId,optionId nocreated noupdated
productId>product!- optionId>property_group_option!-
1 product- option=property_group_option-

[product_review]
productId>product! customerId>customer- salesChannelId>sales_channel! languageId>language! externalUser-
externalEmail- title! content:text! points:float status:bool comment:text customFields:json
1 product- customer- salesChannel- language-
B status=false

[product_search_config]
languageId>language!- andLogic:bool!- minSearchLength:int!- excludedTerms:list-
1 language-
N configFields=product_search_config_field.searchConfigId#-
D andLogic=true minSearchLength=2 excludedTerms=[]

[product_search_config_field]
searchConfigId>product_search_config!- customFieldId>custom_field- field!- tokenize:bool!-
searchable:bool!- ranking:int!-
1 searchConfig=product_search_config- customField-
D tokenize=false searchable=false ranking=0

[product_search_keyword] versioned
languageId>language!- productId>product!- keyword!- ranking:float!-
1 product- language-

[product_sorting]
locked:bool@- key! priority:int! active:bool!- fields:json!-
T label!
B active=true locked=false

[product_stream]
apiFilter:json~- invalid:bool~-
T name! description:text customFields:json
N filters=product_stream_filter.productStreamId#-
  productCrossSellings=product_cross_selling.productStreamId-
  productExports=product_export.productStreamId- categories=category.productStreamId-
B invalid=true

[product_stream_filter]
productStreamId>product_stream!- parentId>product_stream_filter- type!- field- operator- value:text-
parameters:json- position:int- customFields:json-
1 productStream- parent=product_stream_filter-
N queries=product_stream_filter.parentId#-
B position=0

[product_stream_mapping] key=productId,productStreamId nocreated noupdated
productId>product!- productStreamId>product_stream!-
1 product- productStream-

[product_tag] key=productId,tagId nocreated noupdated
productId>product!- tagId>tag!-
1 product- tag-

[product_visibility]
productId>product!- salesChannelId>sales_channel!- visibility:int!-
1 salesChannel- product-

[property_group]
displayType! sortingType! filterable:bool visibleOnProductDetailPage:bool
T name! description:text position:int customFields:json
N options=property_group_option.groupId#
D displayType=text sortingType=alphanumeric filterable=true visibleOnProductDetailPage=true
B position=1

[property_group_option]
groupId>property_group! colorHexCode mediaId>media
T name! position:int customFields:json
1 media group=property_group
N productConfiguratorSettings=product_configurator_setting.optionId$-
M productProperties=product/product_property.optionId.productId#-
  productOptions=product/product_option.optionId.productId$-
B position=1

[seo_url]
salesChannelId>sales_channel languageId>language! foreignKey:id! routeName:s50! pathInfo:s750! seoPathInfo:s750!
isCanonical:bool isModified:bool isDeleted:bool error@ url@ customFields:json
1 language- salesChannel-
B isDeleted=false isModified=false

[seo_url_template]
salesChannelId>sales_channel entityName!- routeName!- template- isValid:bool customFields:json
1 salesChannel-
B isValid=true

[tag]
name!
M products=product/product_tag.tagId.productId#- media=media/media_tag.tagId.mediaId#-
  categories=category/category_tag.tagId.categoryId#- customers=customer/customer_tag.tagId.customerId#-
  orders=order/order_tag.tagId.orderId#-
  shippingMethods=shipping_method/shipping_method_tag.tagId.shippingMethodId#-
  newsletterRecipients=newsletter_recipient/newsletter_recipient_tag.tagId.newsletterRecipientId#-
  landingPages=landing_page/landing_page_tag.tagId.landingPageId#- rules=rule/rule_tag.tagId.ruleId#-

[tax]
taxRate:float! name! position:int! customFields:json
N products=product.taxId$- rules=tax_rule.taxId$- shippingMethods=shipping_method.taxId$-
D position=0

[tax_provider]
identifier!- active:bool priority:int! processUrl availabilityRuleId>rule- appId>app
T name! customFields:json
1 availabilityRule=rule$- app-
D position=1 active=true
B priority=1

[tax_rule]
taxRuleTypeId>tax_rule_type!- countryId>country!- taxRate:float!- data:json- taxId>tax!-
activeFrom:date-
1 type=tax_rule_type.taxRuleTypeId- country- tax-

[tax_rule_type]
technicalName!~- position:int!-
T typeName!-
N rules=tax_rule.taxRuleTypeId$-

[unit]
T shortCode! name! customFields:json
N products=product.unitId$-
"""
