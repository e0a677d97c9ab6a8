/* How the host and a plugin's helper talk: frames over a stream socket.
 *
 * A frame is
 *
 *     u32 length      of what follows: kind, call and payload; little endian, as all integers here
 *     u8  kind        one of the kinds below
 *     u32 call        the call it belongs to; 0 where there is none
 *     payload
 *
 * and a payload is a sequence of fields: u8, u32, u64, or `bytes`, which is a u32 length and that
 * many bytes. The host speaks first, with RAYF_OPEN; the helper answers RAYF_READY or
 * RAYF_REFUSED. One call is under way at a time, and each has another number; RAYF_CANCEL, with the
 * number of a call, may follow its RAYF_CALL at any moment. The end of the stream cancels the call
 * under way and closes the plugin.
 */
#ifndef RAY_FRAMES_H
#define RAY_FRAMES_H

/* Descriptors of the helper: the socket and the verified library. */
#define RAYF_SOCKET_FD 3
#define RAYF_LIBRARY_FD 4

/* A longer frame ends the conversation. */
#define RAYF_MAX_FRAME (64u << 20)

/* The `present` byte of an argument. */
#define RAYF_ABSENT 0
#define RAYF_PRESENT 1

enum {
    /* host → helper: bytes id, bytes version, u32 operations, then for each: bytes name,
     * bytes signature (as in rayp_operation_t). */
    RAYF_OPEN = 1,
    /* host → helper: bytes operation, u64 milliseconds until the deadline, u64 largest result,
     * u32 arguments, then for each: bytes name, u8 present, bytes value. A value is the bytes of
     * a view, or 8 bytes of an integer or bool. op, sink and self are not passed. */
    RAYF_CALL = 2,
    /* host → helper: nothing. The call should end soon. */
    RAYF_CANCEL = 3,
    /* host → helper: nothing. The helper stops the plugin and exits with status 0. */
    RAYF_CLOSE = 4,
    /* host → helper, in place of RAYF_OPEN, by those who judge a plugin rather than use it: u32 rounds,
     * u32 size and u32 minor version of the host's table (0: the helper's own), u32 whether to probe,
     * then what RAYF_OPEN has. The helper starts and stops the plugin as many times before it is
     * opened, watches what its code changes about the process from loading to stop, and tells it in
     * RAYF_FINDING at any time, the last ones after RAYF_CLOSE (the codes `stage` and `rounds` say what is
     * begun and how many rounds were made). With a probe, calls are made to find out
     * which parameters are read; their results are empty. */
    RAYF_EXAMINE = 8,

    /* helper → host: u32 api major, u32 api minor, of the plugin. */
    RAYF_READY = 16,
    /* helper → host: bytes reason. The plugin cannot be used, or the host sent what is no frame;
     * the helper exits. */
    RAYF_REFUSED = 17,
    /* helper → host: u8 level, bytes text. */
    RAYF_LOG = 18,
    /* helper → host: u64 done, u64 total, bytes text. */
    RAYF_PROGRESS = 19,
    /* helper → host: u32 status, bytes result, bytes error class, bytes message. */
    RAYF_RESULT = 20,
    /* helper → host, after RAYF_EXAMINE: bytes code, bytes text. */
    RAYF_FINDING = 24,
};

#endif
