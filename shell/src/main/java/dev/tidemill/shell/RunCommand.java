package dev.tidemill.shell;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

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
    Command.noteMemory(line, console);
    ProgressPrinter progress = new ProgressPrinter(console, run.progress());
    boolean done;
    try (Engine engine = Command.builder(line, console, progress).beginTogether().open();
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
      done = runAll(scripts, session);
      if (done) {
        engine.awaitStandingQueries(interrupted::get);
      }
    } finally {
      console.interrupts().ignore();
    }
    return (done || interrupted.get()) && !progress.hasFailed() ? 0 : 1;
  }

  private boolean runAll(List<Script> scripts, Session session) {
    ScriptRunner runner =
        new ScriptRunner(
            session, new ResultPrinter(console, line.format()), console, interrupted::get);
    for (Script script : scripts) {
      if (!runner.run(script)) {
        return false;
      }
    }
    return true;
  }
}
