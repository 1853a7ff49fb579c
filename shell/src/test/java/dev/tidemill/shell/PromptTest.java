package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody types at an emulated terminal. */
final class PromptTest {
  private static final String CONTROL_C = "\u0003";
  private static final String CONTROL_D = "\u0004";
  private static final String CONTROL_U = "\u0015";
  private static final String UP = "\u001bOA";
  private static final long MOST_MILLIS = 60_000;

  @TempDir private Path directory;
  private ScreenTerminal screen;
  private LineDisciplineTerminal terminal;
  private Thread prompt;

  @BeforeEach
  void start() throws IOException {
    ScreenTerminal.VirtualTerminal emulated =
        ScreenTerminal.withTerminal("test", "xterm-256color", 80, 24);
    screen = emulated.screen();
    terminal = emulated.terminal();
    PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            out,
            out,
            Set.of(Console.Stream.values()),
            directory,
            new Console.Interrupts());
    prompt = new Thread(() -> run(console), "prompt");
    prompt.start();
  }

  private void run(Console console) {
    try (Engine engine = Engine.builder().workingDirectory(directory).open();
        Session session = engine.session()) {
      Prompt.run(session, terminal, history(), null, console, new FailureListener());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void end() throws Exception {
    type(CONTROL_C + CONTROL_D);
    prompt.join(MOST_MILLIS);
    assertTrue(!prompt.isAlive());
  }

  private void type(String text) {
    try {
      terminal.processInputBytes(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the history has it: then the line was taken. */
  private boolean isKept(String text) {
    try {
      return Files.readString(history()).contains(text);
    } catch (IOException nothingYet) {
      return false;
    }
  }

  private Path history() {
    return directory.resolve("state/tidemill/history");
  }

  private String shown() {
    return screen.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  /** Waits for the screen to change until it is as it should be. */
  private void await(String text) throws InterruptedException {
    await(screen -> screen.contains(text), text);
  }

  private void await(Predicate<String> expected, String what) throws InterruptedException {
    long end = System.nanoTime() + MOST_MILLIS * 1_000_000;
    while (!expected.test(shown())) {
      screen.waitDirty(100);
      if (System.nanoTime() > end) {
        fail("waited for " + what + " but the screen is\n" + shown());
      }
    }
  }

  @Test
  void aStatementOverSeveralLinesIsOneEntryOfTheHistory() throws Exception {
    await("tidemill>");
    type("SELECT 1 AS one,\r'é日' AS two;\r");
    await("1 row");
    assertTrue(
        shown()
            .contains(
                """
                ┌─────┬─────┐
                │ one │ two │
                ├─────┼─────┤
                │   1 │ é日 │
                └─────┴─────┘
                1 row
                """),
        shown());
    type(UP);
    await(text -> text.lastIndexOf("SELECT 1 AS one,") > text.indexOf("1 row"), "the statement");
    List<String> history = Files.readAllLines(history());
    assertEquals(1, history.size(), history.toString());
    assertTrue(history.get(0).endsWith(":SELECT 1 AS one,\\n'é日' AS two;"), history.toString());
  }

  @Test
  void controlCCancelsTheStatementAndNotTheSession() throws Exception {
    await("tidemill>");
    type("CREATE TABLE kept (a INT);\r");
    await("(CREATE TABLE");
    type(
        "SELECT COUNT(*) FROM tpch.sf1.lineitem a, tpch.sf1.orders b WHERE a.l_comment < b.o_comment;\r");
    await(text -> isKept("o_comment;"), "the statement to begin");
    await(
        text -> {
          type(CONTROL_C);
          return text.contains("cancelled");
        },
        "its end");
    type("INSERT INTO kept VALUES (1);\r");
    await("(INSERT, 1 row");
  }

  @Test
  void anEmissionEndsWithControlC() throws Exception {
    await("tidemill>");
    type("CREATE TABLE t (a INT); INSERT INTO t VALUES (7);\r");
    await("(INSERT");
    type("SELECT a FROM t EMIT CHANGES;\r");
    await("│      1 │ 7 │");
    type(CONTROL_C);
    await("1 row\n(");
    assertTrue(!shown().contains("error"), shown());
  }

  @Test
  void completion() throws Exception {
    Files.writeString(directory.resolve("orders.csv"), "a\n1\n");
    await("tidemill>");
    type("CREATE TABLE sold (item VARCHAR, price INT);\r");
    await("(CREATE");
    completes("SEL", "SELECT");
    completes("select * from so", "select * from sold");
    completes("SELECT * FROM 'ord", "SELECT * FROM 'orders.csv'");
    completes("SET broadcast_t", "SET broadcast_threshold");
    completes("SELECT * FROM tpch.sf0_01.line", "SELECT * FROM tpch.sf0_01.lineitem");
    completes("SELECT * FROM sold WHERE ite", "SELECT * FROM sold WHERE item");
    completes("select date_tr", "select date_trunc(");
    completes("SHOW WAT", "SHOW WATERMARKS");
    type("\\d sold\r");
    await("VARCHAR");
    type("help\r");
    await("Tab completes");
    type(".tables\r");
    await("no such command");
  }

  private void completes(String typed, String line) throws Exception {
    type(typed + "\t");
    await("tidemill> " + line);
    type(CONTROL_U);
    await(text -> !text.contains("tidemill> " + line), "an empty line");
  }
}
