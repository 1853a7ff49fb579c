package dev.tidemill.connectors.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and PostgreSQL and cuts a connection at a commit when told to. */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int port;
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean passesOn;
  private volatile String word = "";

  CuttingProxy(int port) throws IOException {
    this.port = port;
    this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /**
   * Cuts the next connections at a message that says {@code word}.
   *
   * @param passesOn whether the server gets the message first, whose answer nobody hears
   */
  void cut(String word, boolean passesOn, int times) {
    this.word = word;
    this.passesOn = passesOn;
    cuts.set(times);
  }

  /** How many cuts are still to come. */
  int left() {
    return cuts.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        continue;
      }
    }
  }

  private void connect(Socket client) {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      Thread.ofPlatform().daemon().start(() -> forward(client, server));
      Thread.ofPlatform().daemon().start(() -> answer(server, client));
    } catch (IOException e) {
      closeQuietly(client);
    }
  }

  private void forward(Socket client, Socket server) {
    try (client) {
      byte[] buffer = new byte[1 << 16];
      InputStream from = client.getInputStream();
      OutputStream to = server.getOutputStream();
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        boolean hit =
            cuts.get() > 0 && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains(word);
        if (hit && cuts.getAndDecrement() > 0) {
          if (passesOn) {
            client.close();
            to.write(buffer, 0, n);
            to.flush();
            server.shutdownOutput();
          } else {
            server.close();
          }
          return;
        }
        to.write(buffer, 0, n);
        to.flush();
      }
      server.close();
    } catch (IOException e) {
      closeQuietly(server);
    }
  }

  private static void answer(Socket server, Socket client) {
    try (server;
        client) {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      closeQuietly(server);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
