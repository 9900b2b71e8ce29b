using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Tests.Errors;

public sealed class ExceptionTableTests : ILogger
{
    private readonly List<string> _logged = [];

    /// <summary>A deadline that passed while a body came was logged as an exception that nobody foresaw.</summary>
    [Fact]
    public void ToError_OfAnExceptionThatNamesItsStatus_LogsNothing()
    {
        var error = new ExceptionTable([], this).ToError(new BadHttpRequestException("The deadline passed.", StatusCodes.Status504GatewayTimeout), new DefaultHttpContext());
        Assert.Equal(504, error.Status);
        Assert.Empty(_logged);
    }

    [Fact]
    public void ToError_OfAnExceptionThatNobodyForesaw_LogsIt()
    {
        var error = new ExceptionTable([], this).ToError(new InvalidTimeZoneException("What?"), new DefaultHttpContext());
        Assert.Equal(500, error.Status);
        Assert.Contains("Unhandled exception", Assert.Single(_logged), StringComparison.Ordinal);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _logged.Add(formatter(state, exception));
}
