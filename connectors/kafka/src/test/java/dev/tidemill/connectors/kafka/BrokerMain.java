package dev.tidemill.connectors.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

/** Formats a broker's directory and starts it: one process in place of two. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) {
    String properties = args[0];
    int code =
        StorageTool.execute(
            new String[] {
              "format", "--ignore-formatted", "-t", "dGlkZW1pbGwtdGVzdHMtMQ", "-c", properties
            },
            System.out);
    if (code != 0) {
      System.exit(code);
    }
    Kafka.main(new String[] {properties});
  }
}
