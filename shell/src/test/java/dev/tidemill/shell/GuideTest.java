package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import dev.tidemill.shell.format.Appearance;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README and the guide show is run, page by page, in the order of the page, in an empty
 * directory: blocks marked {@code sql} in one session, the commands of blocks marked {@code sh}
 * that begin with {@code ./tidemill}, blocks marked {@code java} as the body of a method, or as a
 * file that goes into {@code functions.jar} where they begin with {@code package}. A block marked
 * {@code text} right behind one of them is what its last statement or command must print. Blocks
 * marked {@code kafka} or {@code jdbc} need a server and are run by the tests of the connector.
 * Comments that readers do not see say more:
 *
 * <pre>
 *   &lt;!-- run: SQL --&gt;       statements that the page takes for granted
 *   &lt;!-- fails: TEXT --&gt;    the next block must fail, and say TEXT
 * </pre>
 *
 * <p>{@code -Dguide.rewrite=true} writes what is printed into the pages, for review.
 */
final class GuideTest {
  private static final Path PROJECT =
      Path.of(System.getProperty("tidemill.project.directory", "..")).toAbsolutePath().normalize();

  private static final boolean REWRITE = Boolean.getBoolean("guide.rewrite");

  /** A comment for this test, or a block. */
  private static final Pattern CODE =
      Pattern.compile(
          "^<!-- (run|fails): (.*?) -->$|^```([a-zA-Z]*)\n(.*?)^```$",
          Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern CLASS = Pattern.compile("public final class (\\w+)");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(#.*)|(\\S+)");

  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(PROJECT.resolve("README.md"));
    try (Stream<Path> guide = Files.list(PROJECT.resolve("docs/guide"))) {
      guide.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages.stream()
        .map(
            page ->
                DynamicTest.dynamicTest(
                    PROJECT.relativize(page).toString(),
                    () -> {
                      Path place = directory.resolve(PROJECT.relativize(page));
                      new Page(page, Files.createDirectories(place)).run();
                    }));
  }

  /** A page being run. */
  private static final class Page {
    private final Path file;
    private final Path place;
    private final String text;

    /** What the block before has printed, or null where none has run right before. */
    private String printed;

    private String expectedFailure;

    /** The page up to here, with what was printed in place of what was expected. */
    private final StringBuilder rewritten = new StringBuilder();

    Page(Path file, Path place) throws IOException {
      this.file = file;
      this.place = place;
      this.text = Files.readString(file);
    }

    void run() throws Exception {
      try (Engine engine = Engine.builder().workingDirectory(place).open();
          Session session = engine.session(new SessionOptions(true, false))) {
        Matcher code = CODE.matcher(text);
        int done = 0;
        while (code.find()) {
          boolean follows = text.substring(done, code.start()).isBlank();
          rewritten.append(text, done, code.start());
          int before = rewritten.length();
          done = code.end();
          if ("run".equals(code.group(1))) {
            assertTrue(statements(session, code.group(2)), () -> at(code) + printed);
          } else if ("fails".equals(code.group(1))) {
            expectedFailure = code.group(2);
          } else {
            block(session, code, follows);
          }
          if (rewritten.length() == before) {
            rewritten.append(code.group());
          }
        }
        rewritten.append(text, done, text.length());
        if (REWRITE) {
          Files.writeString(file, rewritten);
        }
      }
    }

    private void block(Session session, Matcher code, boolean follows) throws Exception {
      String body = code.group(4);
      switch (code.group(3)) {
        case "sql" -> judge(statements(session, body), code);
        case "sh" -> {
          for (String line : body.lines().toList()) {
            if (line.startsWith("./tidemill")) {
              judge(command(line), code);
            }
          }
        }
        case "java" -> java(body);
        case "text" -> {
          if (follows && printed != null) {
            if (!REWRITE) {
              assertEquals(body, printed, () -> at(code) + "prints something else");
            }
            rewritten.append("```text\n").append(printed).append("```");
          }
          printed = null;
        }
        default -> assertFalse(body.contains("./tidemill"), () -> at(code) + "mark it sh or text");
      }
    }

    private void judge(boolean succeeded, Matcher code) {
      String expected = expectedFailure;
      expectedFailure = null;
      if (expected == null) {
        assertTrue(succeeded, () -> at(code) + printed);
      } else if (succeeded) {
        fail(at(code) + "must fail");
      } else {
        assertTrue(printed.contains(expected), () -> at(code) + printed);
      }
    }

    private String at(Matcher code) {
      long line = text.substring(0, code.start()).lines().count() + 1;
      return PROJECT.relativize(file) + ", line " + line + ": ";
    }

    /** Runs them as {@code run} does on a terminal; whether all could be. */
    private boolean statements(Session session, String sql) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console =
          new Console(
              new ByteArrayInputStream(new byte[0]),
              new PrintStream(out, false, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8),
              Set.of(Console.Stream.OUT),
              place,
              new Console.Interrupts());
      ResultPrinter printer = new ResultPrinter(console, null, () -> Appearance.ALL);
      ScriptRunner runner = new ScriptRunner(session, printer, console, () -> false, true);
      boolean done = runner.run(new Script(sql, null)) == ScriptRunner.End.DONE;
      printed =
          (done ? out : err).toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;]*m", "");
      return done;
    }

    private boolean command(String line) throws IOException {
      List<String> words = new ArrayList<>();
      Matcher word = WORD.matcher(line.substring("./tidemill".length()));
      while (word.find() && word.group(3) == null) {
        words.add(
            word.group(1) != null
                ? word.group(1)
                : word.group(2) != null ? word.group(2) : word.group());
      }
      for (String argument : words) {
        if (argument.startsWith("examples/")) {
          // Examples have tests of their own.
          assertTrue(Files.exists(PROJECT.resolve(argument)), argument);
          return true;
        }
      }
      CommandRun run = CommandRun.of(place, "", words.toArray(String[]::new));
      printed = run.code() == 0 ? run.out() : run.err();
      return run.code() == 0;
    }

    /** A file of a user: its classes are in functions.jar. */
    private void file(String body) throws Exception {
      Matcher name = CLASS.matcher(body);
      assertTrue(name.find(), body);
      Path source = place.resolve(name.group(1) + ".java");
      Path classes = place.resolve("classes");
      Files.writeString(source, body);
      compile("-d", classes.toString(), source.toString());
      try (JarOutputStream jar =
              new JarOutputStream(Files.newOutputStream(place.resolve("functions.jar")));
          Stream<Path> files = Files.walk(classes)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
          Files.copy(file, jar);
        }
      }
    }

    private static void compile(String... arguments) {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      assertNotNull(compiler, "needs a JDK");
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      int code = compiler.run(null, messages, messages, arguments);
      assertEquals(0, code, () -> messages.toString(StandardCharsets.UTF_8));
    }

    private void java(String body) throws Exception {
      if (body.startsWith("package ")) {
        file(body);
        return;
      }
      Path source = place.resolve("Example.java");
      Files.writeString(
          source,
          "import java.math.*;\nimport java.sql.*;\npublic class Example {\npublic static void run() throws Exception {\n"
              + body.replace("jdbc:tidemill:", "jdbc:tidemill:" + place + "/")
              + "}\n}\n");
      compile("-d", place.toString(), source.toString());
      try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()})) {
        loader.loadClass("Example").getMethod("run").invoke(null);
      }
    }
  }
}
