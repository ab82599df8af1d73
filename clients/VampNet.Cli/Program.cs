using VampNet.Cli.Commands;

return await CommandLineApp.RunAsync(args);
