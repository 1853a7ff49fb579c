package dev.tidemill.shell;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import dev.tidemill.shell.format.Appearance;
import dev.tidemill.shell.progress.JsonProgress;
import dev.tidemill.shell.progress.LiveProgress;
import dev.tidemill.shell.progress.Progress;
import dev.tidemill.shell.progress.SilentProgress;
import dev.tidemill.shell.progress.TextProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * {@code run}: the statements of files in order, and their standing queries until they have ended
 * or somebody interrupts. What is stored and was running goes on too, unless {@code
 * --available-now} asks for an end.
 */
final class RunCommand {
  private final CommandLine line;
  private final CommandLine.Run run;
  private final Console console;
  private final AtomicBoolean interrupted = new AtomicBoolean();

  RunCommand(CommandLine line, CommandLine.Run run, Console console) {
    this.line = line;
    this.run = run;
    this.console = console;
  }

  /** Returns the exit code: 1 where a statement or a standing query failed. */
  int run() throws IOException {
    List<Script> scripts = new ArrayList<>();
    for (Path file : run.files()) {
      scripts.add(Command.read(file, console));
    }
    if (line.directory() == null) {
      Command.noteMemory(console);
    }
    LiveProgress live =
        run.progress() == CommandLine.Progress.TEXT && console.errIsTerminal()
            ? LiveProgress.onTerminal(console.err(), Console.allowsColour())
            : null;
    if (live == null) {
      return run(scripts, console, view(run.progress(), console), () -> Appearance.ALL);
    }
    PrintStream out = console.outIsTerminal() ? live.above(console.out()) : console.out();
    return run(scripts, console.with(out, live.above(console.err())), live, live::columns);
  }

  private static Progress.View view(CommandLine.Progress wanted, Console console) {
    return switch (wanted) {
      case TEXT -> new TextProgress(console.err());
      case JSON -> new JsonProgress(console.err());
      case NONE -> new SilentProgress(console.err());
    };
  }

  private int run(List<Script> scripts, Console console, Progress.View view, IntSupplier columns) {
    ScriptRunner.End end;
    Progress progress = new Progress(view);
    try (progress;
        Engine engine = Command.builder(line, console, progress).beginTogether().open();
        Session session = engine.session(new SessionOptions(true, run.availableNow()))) {
      console
          .interrupts()
          .on(
              () -> {
                interrupted.set(true);
                session.cancel();
              });
      Signals.forward(console.interrupts());
      if (!run.availableNow()) {
        engine.resumeStored();
      }
      end = runAll(scripts, session, console, columns);
      if (end == ScriptRunner.End.DONE) {
        engine.awaitStandingQueries(interrupted::get);
      }
    } finally {
      console.interrupts().ignore();
    }
    boolean failed = end == ScriptRunner.End.FAILED && !interrupted.get();
    return failed || progress.hasFailed() ? 1 : 0;
  }

  private ScriptRunner.End runAll(
      List<Script> scripts, Session session, Console console, IntSupplier columns) {
    ScriptRunner runner =
        new ScriptRunner(
            session,
            new ResultPrinter(console, line.format(), columns),
            console,
            interrupted::get,
            true);
    for (Script script : scripts) {
      ScriptRunner.End end = runner.run(script);
      if (end != ScriptRunner.End.DONE) {
        return end;
      }
    }
    return ScriptRunner.End.DONE;
  }
}
