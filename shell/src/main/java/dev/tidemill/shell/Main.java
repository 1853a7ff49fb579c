package dev.tidemill.shell;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/** The {@code tidemill} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    prepareSchemas();
    int code = Command.run(arguments, Console.ofProcess());
    System.exit(code);
  }

  /**
   * Arrow's schemas set up a JSON mapper of their own when the first one is made, which takes as
   * long as planning a small query: it is done meanwhile.
   */
  private static void prepareSchemas() {
    Thread.ofPlatform().daemon().name("schemas").start(() -> new Schema(List.of()));
  }
}
