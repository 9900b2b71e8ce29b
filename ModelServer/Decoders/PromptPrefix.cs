namespace ModelServer.Decoders;

/// <summary>Tokens whose beginnings may be in a <see cref="PrefixStore"/>.</summary>
/// <param name="Tenant">Whose they are; tenants do not see each other's.</param>
/// <param name="Keys">Of its whole blocks.</param>
internal sealed record PromptPrefix(string Tenant, int[] Ids, UInt128[] Keys);
