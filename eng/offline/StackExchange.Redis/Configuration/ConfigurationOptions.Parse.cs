using System.Globalization;

namespace StackExchange.Redis;

// The connection string: comma-separated endpoints and key=value pairs, keys in any case.
public sealed partial class ConfigurationOptions
{
    public static ConfigurationOptions Parse(string configuration) => Parse(configuration, ignoreUnknown: false);

    public static ConfigurationOptions Parse(string configuration, bool ignoreUnknown)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (string.IsNullOrWhiteSpace(configuration)) throw new ArgumentException("is empty", nameof(configuration));
        var options = new ConfigurationOptions();
        foreach (var part in configuration.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals > 0) options.Set(part[..equals].Trim(), part[(equals + 1)..].Trim(), ignoreUnknown);
            else if (EndPointCollection.TryParse(part) is { } endPoint && !options.EndPoints.Contains(endPoint)) options.EndPoints.Add(endPoint);
        }

        return options;
    }

    public override string ToString() => ToString(includePassword: true);

    public string ToString(bool includePassword)
    {
        var parts = EndPoints.Select(EndPointCollection.ToString).ToList();
        Add("name", ClientName);
        Add("keepAlive", _keepAlive);
        Add("syncTimeout", _syncTimeout);
        Add("asyncTimeout", _asyncTimeout);
        Add("allowAdmin", AllowAdmin ? true : null);
        Add("connectTimeout", _connectTimeout);
        Add("user", User);
        Add("password", includePassword || string.IsNullOrEmpty(Password) ? Password : "*****");
        Add("abortConnect", _abortOnConnectFail);
        Add("connectRetry", _connectRetry);
        Add("defaultDatabase", DefaultDatabase);
        return string.Join(',', parts);

        void Add(string key, object? value)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture);
            if (!string.IsNullOrWhiteSpace(text)) parts.Add($"{key}={text}");
        }
    }

    private void Set(string key, string value, bool ignoreUnknown)
    {
        switch (key.ToLowerInvariant())
        {
            case "password": Password = value; break;
            case "user": User = value; break;
            case "name": ClientName = value; break;
            case "ssl": Ssl = ParseBoolean(key, value); break;
            case "abortconnect": AbortOnConnectFail = ParseBoolean(key, value); break;
            case "allowadmin": AllowAdmin = ParseBoolean(key, value); break;
            case "connecttimeout": ConnectTimeout = ParseInteger(key, value, 0); break;
            case "synctimeout": SyncTimeout = ParseInteger(key, value, 1); break;
            case "asynctimeout": AsyncTimeout = ParseInteger(key, value, 1); break;
            case "connectretry": ConnectRetry = ParseInteger(key, value, 0); break;
            case "keepalive": KeepAlive = ParseInteger(key, value, int.MinValue); break;
            case "defaultdatabase": DefaultDatabase = ParseInteger(key, value, 0); break;
            case "protocol" when value.ToLowerInvariant() is "resp2" or "2": break;
            default:
                if (ignoreUnknown) break;
                throw new ArgumentException($"Keyword '{key}' is not supported.", nameof(key));
        }
    }

    private static bool ParseBoolean(string key, string value) => value.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw new ArgumentOutOfRangeException(key, $"Keyword '{key}' requires a boolean value."),
    };

    private static int ParseInteger(string key, string value, int minimum) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum
            ? number
            : throw new ArgumentOutOfRangeException(key, $"Keyword '{key}' requires an integer value of at least {minimum}.");
}
