namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server: the container image where there is a runtime, redis-server from the PATH here.</summary>
public class RedisResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";

    public RedisResource(string name, ParameterResource password)
        : this(name) => PasswordParameter = password;

    public ParameterResource? PasswordParameter { get; private set; }

    public EndpointReference PrimaryEndpoint => new(this, PrimaryEndpointName);

    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    public bool TlsEnabled => PrimaryEndpoint.TlsEnabled;

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var text = new ReferenceExpressionBuilder();
            text.Append($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");
            if (PasswordParameter is not null) text.Append($",password={PasswordParameter}");
            text.Append($"{PrimaryEndpoint.GetTlsValue(ReferenceExpression.Create($",ssl=true"), ReferenceExpression.Empty)}");
            return text.Build();
        }
    }

    public ReferenceExpression UriExpression
    {
        get
        {
            var text = new ReferenceExpressionBuilder();
            text.Append($"{PrimaryEndpoint.Property(EndpointProperty.Scheme)}://");
            if (PasswordParameter is not null) text.Append($":{PasswordParameter:uri}@");
            text.Append($"{Host}:{Port}");
            return text.Build();
        }
    }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));
        if (PasswordParameter is not null) yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
        yield return new("Uri", UriExpression);
    }
}
