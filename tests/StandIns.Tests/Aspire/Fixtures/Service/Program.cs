// A service that shows what it was given: GET /env/NAME, and ends itself at POST /exit/CODE.
var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapGet("/env/{name}", (string name) => Environment.GetEnvironmentVariable(name) is { } value ? Results.Text(value) : Results.NotFound());
app.MapPost("/exit/{code:int}", (int code) => Environment.Exit(code));
app.Run();
