/** One of the clouds that Microsoft runs apart from each other. URLs end without a slash. */
export interface AzureCloud {
  /** Where Entra gives tokens. */
  readonly authority: string;
  /** What the rack's own token for Entra has to be made out to. */
  readonly assertionAudience: string;
  readonly resourceManager: string;
  /** What a token for the resource manager is asked for. */
  readonly resourceManagerScope: string;
}

/** By the names that `kubelogin --environment` and Azure's own tools know them by. */
export const azureClouds = {
  AzurePublicCloud: {
    authority: 'https://login.microsoftonline.com',
    assertionAudience: 'api://AzureADTokenExchange',
    resourceManager: 'https://management.azure.com',
    resourceManagerScope: 'https://management.azure.com/.default',
  },
  AzureUSGovernmentCloud: {
    authority: 'https://login.microsoftonline.us',
    assertionAudience: 'api://AzureADTokenExchangeUSGov',
    resourceManager: 'https://management.usgovcloudapi.net',
    resourceManagerScope: 'https://management.usgovcloudapi.net/.default',
  },
  AzureChinaCloud: {
    authority: 'https://login.partner.microsoftonline.cn',
    assertionAudience: 'api://AzureADTokenExchangeChina',
    resourceManager: 'https://management.chinacloudapi.cn',
    resourceManagerScope: 'https://management.chinacloudapi.cn/.default',
  },
} as const satisfies Readonly<Record<string, AzureCloud>>;

/** All clouds: registries can be told to take no token that was made for the resource manager. */
export const registryScope = 'https://containerregistry.azure.net/.default';
