/**
 * The driver's other end: sessions of an engine in this process, as {@link dev.tidemill.jdbc.spi}
 * asks for them. Start at {@link dev.tidemill.jdbc.service.EngineProvider}. Must not be known to
 * the driver.
 */
@NullMarked
package dev.tidemill.jdbc.service;

import org.jspecify.annotations.NullMarked;
