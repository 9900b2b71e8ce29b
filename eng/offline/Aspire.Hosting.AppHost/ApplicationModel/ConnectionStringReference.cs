namespace Aspire.Hosting.ApplicationModel;

/// <summary>Another resource's connection string; an optional one may be missing.</summary>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    public IResourceWithConnectionString Resource { get; } = resource;

    public bool Optional { get; } = optional;

    string IManifestExpressionProvider.ValueExpression => Resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        try
        {
            var value = await Resource.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
            return string.IsNullOrEmpty(value) && !Optional ? throw new DistributedApplicationException($"The connection string for the resource '{Resource.Name}' is not available.") : value;
        }
        catch (MissingParameterValueException) when (Optional)
        {
            return null;
        }
    }
}
