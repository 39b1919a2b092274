"""Entities of the installation: users, integrations, mails, flows, plugins, configuration.

The notation is described in the package ``definitions``.
"""

TEXT = """\
[acl_role]
name!- description:text- privileges:list!- deletedAt:date-
1 app=app<aclRoleId$-
M users=user/acl_user_role.aclRoleId.userId-
  integrations=integration/integration_role.aclRoleId.integrationId-
D privileges=[]

[acl_user_role] key=userId,aclRoleId
userId>user!- aclRoleId>acl_role!-
1 user- aclRole-

[app]
name!- path!- author- copyright- license- active:bool!- configurable:bool!- privacy- version!-
iconRaw:blob-? icon~@- appSecret~-? modules:list- mainModule:json- cookies:list- allowDisable:bool!-
baseAppUrl- allowedHosts:list- templateLoadPriority:int- checkoutGatewayUrl- sourceType-
sourceConfig:json- selfManaged:bool- integrationId>integration!- aclRoleId>acl_role!-
T label!- description:text- privacyPolicyExtensions:text- customFields:json-
1 integration- aclRole-
N customFieldSets=custom_field_set.appId#- actionButtons=app_action_button.appId#-
  templates=app_template.appId#- scripts=script.appId#-? webhooks=webhook.appId#-
  paymentMethods=app_payment_method.appId%- taxProviders=tax_provider.appId#-
  scriptConditions=app_script_condition.appId#-? cmsBlocks=app_cms_block.appId#-
  flowActions=app_flow_action.appId#- flowEvents=app_flow_event.appId#-
  appShippingMethods=app_shipping_method.appId%-
D active=false configurable=false allowDisable=true modules=[] cookies=[] allowedHosts=[]
  templateLoadPriority=0 sourceType=local selfManaged=false

[flow]
name!- eventName!- priority:int- payload:blob~-? invalid:bool~- active:bool- description-?
customFields:json- appFlowEventId>app_flow_event-
1 appFlowEvent-
N sequences=flow_sequence.flowId#-
D active=false priority=1
B invalid=false

[flow_sequence]
flowId>flow!- ruleId>rule- actionName- config:json- position:int- displayGroup:int- trueCase:bool-
parentId>flow_sequence- customFields:json- appFlowActionId>app_flow_action-
1 flow- rule- parent=flow_sequence- appFlowAction-
N children=flow_sequence.parentId#-
D trueCase=false position=1
B displayGroup=1

[flow_template]
name!- config:json-

[integration]
label!- accessKey!- secretAccessKey:password!- lastUsageAt:date- admin:bool- customFields:json-
deletedAt:date-
1 app=app<integrationId$-
N createdNotifications=notification.createdByIntegrationId-?
M aclRoles=acl_role/integration_role.integrationId.aclRoleId-
D admin=false

[integration_role] key=integrationId,aclRoleId nocreated noupdated
integrationId>integration!- aclRoleId>acl_role!-
1 integration- role=acl_role.aclRoleId-

[log_entry]
message:text- level:int- channel- context:json- extra:json-

[mail_header_footer]
systemDefault:bool
T name! description headerHtml:html headerPlain:text footerHtml:html footerPlain:text
N salesChannels=sales_channel.mailHeaderFooterId-
B systemDefault=false

[mail_template]
mailTemplateTypeId>mail_template_type!- systemDefault:bool
T senderName description:text subject:html!- contentHtml:html! contentPlain:html! customFields:json
1 mailTemplateType
N media=mail_template_media.mailTemplateId#
B systemDefault=false

[mail_template_media] nocreated noupdated
mailTemplateId>mail_template! languageId:id! mediaId>media! position:int
1 mailTemplate- media
B position=1

[mail_template_type]
technicalName! availableEntities:json- templateData:json-
T name! customFields:json
N mailTemplates=mail_template.mailTemplateTypeId%-

[plugin]
baseClass!- name!- composerName- autoload:json!- active:bool- managedByComposer:bool- path- author-
copyright- license- version!- upgradeVersion- installedAt:date- upgradedAt:date- iconRaw:blob-? icon~@-
T label!- description:html- manufacturerLink- supportLink- customFields:json-
N paymentMethods=payment_method.pluginId%-
B active=false managedByComposer=false

[scheduled_task]
name!- scheduledTaskClass!- runInterval:int!- defaultRunInterval:int!- status!- lastExecutionTime:date-
nextExecutionTime:date!-

[system_config]
configurationKey! configurationValue:json! salesChannelId>sales_channel
1 salesChannel

[theme]
technicalName name! author! previewMediaId>media parentThemeId:id themeJson:json- baseConfig:json
configValues:json active:bool!
T description labels:json helpTexts:json customFields:json
1 previewMedia=media-
M salesChannels=sales_channel/theme_sales_channel.themeId.salesChannelId-
B active=true

[theme_sales_channel] key=salesChannelId nocreated noupdated
salesChannelId>sales_channel!- themeId>theme!-
1 theme- salesChannel-

[user]
localeId>locale!- username!- password:password!-? firstName!- lastName!- title- email:email!-
active:bool- admin:bool- lastUpdatedPasswordAt:date- timeZone!- customFields:json- avatarId>media-
storeToken-?
1 locale- avatarMedia=media.avatarId- recoveryUser=user_recovery<userId-
N media=media.userId%- accessKeys=user_access_key.userId#- configs=user_config.userId#-
  stateMachineHistoryEntries=state_machine_history.userId-
  importExportLogEntries=import_export_log.userId%- createdOrders=order.createdById-
  updatedOrders=order.updatedById- createdCustomers=customer.createdById-
  updatedCustomers=customer.updatedById- createdNotifications=notification.createdByUserId-?
M aclRoles=acl_role/acl_user_role.userId.aclRoleId-
D timeZone=UTC
B active=false

[user_access_key]
userId>user!- accessKey!- secretAccessKey:password!- lastUsageAt:date- customFields:json-
1 user-

[user_config]
userId>user!- key!- value:json-
1 user-

[user_recovery]
hash!- userId>user!-
1 user-

[version]
name!-
N commits=version_commit.versionId-

[version_commit]
versionId>version!- userId:id- integrationId:id- isMerge:bool- message-
1 version-
N data=version_commit_data.versionCommitId-
B isMerge=false

[version_commit_data] noupdated
versionCommitId>version_commit!- userId:id- integrationId:id- entityName!- entityId:json!- payload:json!- action!-
1 commit=version_commit.versionCommitId-

[webhook]
name!- eventName!- url!- onlyLiveVersion:bool- errorCount:int!~- active:bool- appId>app-
1 app-
D active=true errorCount=0 onlyLiveVersion=false
"""
