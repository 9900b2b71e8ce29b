using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false)
        => builder.AddResource(new ParameterResource(name, p => Find(builder.Configuration, $"Parameters:{name}", p), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
        => builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret) throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        return builder.AddResource(new ParameterResource(name, p => p?.GetDefaultValue() ?? valueGetter(), secret) { Default = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null });
    }

    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        var effective = persist && builder.ExecutionContext.IsRunMode ? Persistent(builder, name, value) : value;
        return builder.AddResource(new ParameterResource(name, p => Find(builder.Configuration, $"Parameters:{name}", p), secret) { Default = effective });
    }

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false)
        => builder.AddResource(new ParameterResource(name, p => Find(builder.Configuration, configurationKey, p), secret) { ConfigurationKey = configurationKey });

    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
        => builder.AddResource(new ConnectionStringParameterResource(name, _ => builder.Configuration.GetConnectionString(name)
            ?? throw new MissingParameterValueException($"Connection string parameter resource could not be used because connection string '{name}' is missing."), environmentVariableName)
        { IsConnectionString = true });

    public static ParameterResource CreateDefaultPasswordParameter(IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true, int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0)
        => CreateGeneratedParameter(builder, name, secret: true, new GenerateParameterDefault
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });

    public static ParameterResource CreateGeneratedParameter(IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault)
        => new(name, p => Find(builder.Configuration, $"Parameters:{name}", p), secret)
        {
            Default = builder.ExecutionContext.IsRunMode ? Persistent(builder, name, parameterDefault) : parameterDefault,
        };

    private static UserSecretsParameterDefault Persistent(IDistributedApplicationBuilder builder, string name, ParameterDefault value)
        => new(name, value, UserSecrets.Of(builder.AppHostAssembly));

    /// <summary>Environment variables cannot have a hyphen in their names: an underscore does as well.</summary>
    private static string Find(IConfiguration configuration, string key, ParameterDefault? otherwise)
        => configuration[key] ?? configuration[key.Replace('-', '_')] ?? otherwise?.GetDefaultValue()
           ?? throw new MissingParameterValueException($"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter has no default value.");
}

public static class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
        => builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }
}
