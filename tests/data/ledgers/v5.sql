BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'station','001_first','2026-11-21 23:24:54.431624+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'station','002_phone','2026-11-22 05:30:38.511595+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'station','003_console','2026-11-22 06:05:40.536395+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'station','004_office','2026-11-22 06:12:10.027586+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'station','005_dispatch_and_reports','2026-11-22 11:32:51.600362+00:00');
CREATE TABLE alarm_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL REFERENCES requests(id) ON DELETE CASCADE,
        step INTEGER NOT NULL CHECK (step >= 0),
        name TEXT NOT NULL,
        phone TEXT NOT NULL CHECK (phone <> ''),
        at TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT '',
        ended TEXT,
        UNIQUE (request_id, step, phone)
    ) STRICT
    ;
CREATE TABLE anonymised (
        request_id INTEGER PRIMARY KEY REFERENCES requests(id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1))
    ) STRICT
    ;
INSERT INTO "anonymised" VALUES(1,'2026-11-23T01:00:00.000+00:00','lijing',0);
CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what <> ''),
        target TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (json_type(detail) = 'object'),
        previous TEXT NOT NULL,
        hash TEXT NOT NULL CHECK (length(hash) = 64)
    ) STRICT
    ;
INSERT INTO "audit" VALUES(1,'2026-11-23T01:30:00.000+00:00','linli','staff.first_code','','{}','','a9b714054f930c89bbb0a23dc6a5d41d46779477753fa1e686a0b44dcd90c145');
INSERT INTO "audit" VALUES(2,'2026-11-23T01:30:00.000+00:00','lijing','staff.first','staff 1','{}','a9b714054f930c89bbb0a23dc6a5d41d46779477753fa1e686a0b44dcd90c145','5dc9bab0d05e4c43694756570eaf7b5f172b52508e27252ceaeab651e97c56f7');
INSERT INTO "audit" VALUES(3,'2026-11-23T01:30:00.000+00:00','lijing','staff.added','staff 2','{"login": "zhang", "role": "staff"}','5dc9bab0d05e4c43694756570eaf7b5f172b52508e27252ceaeab651e97c56f7','7da82fae6c86d97880755424e7c0665cc2048da98bf4e91b35072f49c9ff13f6');
INSERT INTO "audit" VALUES(4,'2026-11-23T01:30:00.000+00:00','lijing','login','staff 1','{}','7da82fae6c86d97880755424e7c0665cc2048da98bf4e91b35072f49c9ff13f6','c6779d6a6d25537b1cc883db64c102a825a6d8726b8e3ba8f4f52f12824d03b3');
CREATE TABLE callbacks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        at TEXT NOT NULL,
        phone TEXT NOT NULL DEFAULT '',
        resident_id INTEGER REFERENCES residents(id),
        why TEXT NOT NULL CHECK (why IN ('busy', 'closed', 'cut_off')),
        due TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        tries INTEGER NOT NULL DEFAULT 0,
        closed TEXT,
        by TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "callbacks" VALUES(1,'call-1','2026-11-23T04:30:00.000+00:00','13812345678',1,'busy','2026-11-23T04:45:00.000+00:00','call-1.wav',0,NULL,'','');
CREATE TABLE contacts (
        resident_id INTEGER NOT NULL REFERENCES residents(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        relation TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(words)),
        nick TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (resident_id, position)
    ) STRICT
    ;
INSERT INTO "contacts" VALUES(1,0,'李强','儿子','["老大"]','强娃','13900000001');
INSERT INTO "contacts" VALUES(1,1,'李芳','女儿','["闺女"]','','');
CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        started TEXT NOT NULL,
        ended TEXT,
        channel TEXT NOT NULL,
        resident_id INTEGER REFERENCES residents(id),
        phone TEXT NOT NULL DEFAULT '',
        consent INTEGER CHECK (consent IN (0, 1)),
        outcome TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "conversations" VALUES('talk-1','2026-11-23T01:01:00.000+00:00',NULL,'phone',1,'13812345678',1,'');
CREATE TABLE desk_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        desk TEXT NOT NULL CHECK (desk <> ''),
        phone TEXT NOT NULL CHECK (phone <> ''),
        by TEXT NOT NULL CHECK (by <> ''),
        resident_id INTEGER REFERENCES residents(id),
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
        callback_id INTEGER REFERENCES callbacks(id) ON DELETE SET NULL,
        wanted TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'wanted' CHECK (state IN
            ('wanted', 'desk', 'ringing', 'talking', 'ended')),
        outcome TEXT NOT NULL DEFAULT '',
        changed TEXT NOT NULL,
        seconds INTEGER NOT NULL DEFAULT 0,
        closed TEXT,
        CHECK ((closed IS NOT NULL) = (state = 'ended'))
    ) STRICT
    ;
CREATE TABLE erasures (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL UNIQUE,
        uid TEXT NOT NULL UNIQUE,
        day TEXT NOT NULL,
        seq INTEGER NOT NULL,
        intent TEXT NOT NULL,
        channel TEXT NOT NULL,
        status TEXT NOT NULL,
        at TEXT NOT NULL,
        by TEXT NOT NULL,
        why TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL REFERENCES requests(id),
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what IN ('filed', 'status', 'changed', 'noted')),
        old TEXT CHECK (old IS NULL OR json_valid(old)),
        new TEXT CHECK (new IS NULL OR json_valid(new)),
        note TEXT NOT NULL DEFAULT '', undoes INTEGER REFERENCES events(id),
        UNIQUE (request_id, version)
    ) STRICT
    ;
INSERT INTO "events" VALUES(1,1,1,'2026-11-23T01:04:00.000+00:00','elder','filed',NULL,'{"channel": "phone", "conversation": "talk-1", "intent": "taxi", "kind": "request", "note": "车要等我", "phone": "", "priority": "ordinary", "resident": 1, "slots": {"destination": "火车站"}, "status": "new", "summary": "到火车站，一个人。", "unfinished": false}','',NULL);
INSERT INTO "events" VALUES(2,1,2,'2026-11-23T01:05:00.000+00:00','elder','changed','{"slots": {"passengers": null}}','{"slots": {"passengers": 2}}','',NULL);
INSERT INTO "events" VALUES(3,1,3,'2026-11-23T01:06:00.000+00:00','李静','status','{"status": "new"}','{"status": "accepted"}','',NULL);
INSERT INTO "events" VALUES(4,1,4,'2026-11-23T01:07:00.000+00:00','李静','status','{"status": "accepted"}','{"status": "done"}','送到了',NULL);
INSERT INTO "events" VALUES(5,1,5,'2026-11-23T01:08:00.000+00:00','李静','noted',NULL,NULL,'老人说好',NULL);
INSERT INTO "events" VALUES(6,2,1,'2026-11-23T01:09:00.000+00:00','elder','filed',NULL,'{"channel": "kiosk", "conversation": null, "intent": "meal", "kind": "handed_over", "note": "", "phone": "", "priority": "urgent", "resident": null, "slots": {"items": [{"name": "饺子", "quantity": 1.5}]}, "status": "new", "summary": "", "unfinished": true}','',NULL);
INSERT INTO "events" VALUES(7,3,1,'2026-11-23T01:10:00.000+00:00','elder','filed',NULL,'{"channel": "kiosk", "conversation": null, "intent": "activity", "kind": "request", "note": "", "phone": "", "priority": "ordinary", "resident": null, "slots": {}, "status": "new", "summary": "", "unfinished": false}','',NULL);
INSERT INTO "events" VALUES(8,3,2,'2026-11-23T01:11:00.000+00:00','elder','status','{"status": "new"}','{"status": "cancelled"}','',NULL);
INSERT INTO "events" VALUES(9,2,2,'2026-11-22T06:05:40.569+00:00','李静','changed','{"assigned": ""}','{"assigned": "李静"}','',NULL);
CREATE TABLE facts (
        request_id INTEGER PRIMARY KEY,
        event INTEGER NOT NULL,
        day TEXT NOT NULL,
        hour INTEGER NOT NULL,
        created TEXT NOT NULL,
        intent TEXT NOT NULL,
        channel TEXT NOT NULL,
        village TEXT NOT NULL,
        status TEXT NOT NULL,
        kind TEXT NOT NULL,
        priority TEXT NOT NULL,
        unfinished INTEGER NOT NULL,
        corrected INTEGER NOT NULL,
        answered INTEGER,
        closed INTEGER,
        acknowledged INTEGER,
        confidence INTEGER,
        pleased INTEGER,
        merged INTEGER NOT NULL DEFAULT 0
    ) STRICT
    ;
CREATE TABLE forgotten (
        resident_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        created TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "forgotten" VALUES(7,'2026-11-23T01:00:00.000+00:00','lijing','2026-01-01T00:00:00.000+00:00');
CREATE TABLE going_calls (
        uid TEXT PRIMARY KEY CHECK (uid <> ''),
        phone TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        exchange TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE helper_services (
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        intent TEXT NOT NULL CHECK (intent <> ''),
        unit TEXT NOT NULL CHECK (unit IN ('visit', 'hour', 'item')),
        fen INTEGER CHECK (fen >= 0),
        PRIMARY KEY (helper_id, intent)
    ) STRICT
    ;
INSERT INTO "helper_services" VALUES(1,'taxi','hour',0);
CREATE TABLE helpers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('canteen', 'housekeeping', 'caregiver', 'volunteer',
            'taxi', 'doctor', 'office')),
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        phone TEXT NOT NULL DEFAULT '',
        areas TEXT NOT NULL DEFAULT '[]' CHECK (json_type(areas) = 'array'),
        hours TEXT NOT NULL DEFAULT '[]' CHECK (json_type(hours) = 'array'),
        most INTEGER NOT NULL DEFAULT 0 CHECK (most >= 0),
        note TEXT NOT NULL DEFAULT '',
        closed TEXT,
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "helpers" VALUES(1,'volunteer','刘师傅','13800000901','["光荣小区"]','[[1,"08:00","18:00"]]',3,'',NULL,'2026-11-23T01:00:00.000+00:00','2026-11-23T01:00:00.000+00:00');
CREATE TABLE lessons (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        request TEXT NOT NULL,
        turn INTEGER NOT NULL,
        text TEXT NOT NULL CHECK (text <> ''),
        alternatives TEXT NOT NULL DEFAULT '[]' CHECK (json_type(alternatives) = 'array'),
        asked TEXT NOT NULL DEFAULT '',
        understood TEXT NOT NULL CHECK (json_type(understood) = 'object'),
        corrected TEXT NOT NULL CHECK (json_type(corrected) = 'object'),
        status TEXT NOT NULL DEFAULT 'new' CHECK (status IN
            ('new', 'approved', 'rejected', 'withdrawn')),
        decided TEXT NOT NULL DEFAULT '',
        decided_by TEXT NOT NULL DEFAULT '',
        confirmed TEXT NOT NULL DEFAULT '',
        confirmed_by TEXT NOT NULL DEFAULT '',
        UNIQUE (request, turn)
    ) STRICT
    ;
CREATE TABLE "owed_calls" (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        kind TEXT NOT NULL CHECK (kind IN ('notice', 'safety', 'closing')),
        phone TEXT NOT NULL CHECK (phone <> ''),
        resident_id INTEGER REFERENCES residents(id),
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
        says TEXT NOT NULL CHECK (json_type(says) = 'array'),
        created TEXT NOT NULL,
        not_before TEXT NOT NULL,
        until TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        tried TEXT,
        outcome TEXT NOT NULL DEFAULT '',
        closed TEXT,
        CHECK (not_before < until)
    ) STRICT
    ;
INSERT INTO "owed_calls" VALUES(1,'notice-1','notice','13812345678',1,NULL,'["您订的午饭，这就给您送来。"]','2026-11-23T04:30:00.000+00:00','2026-11-23T04:30:00.000+00:00','2026-11-23T08:30:00.000+00:00',0,NULL,'',NULL);
CREATE TABLE requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE,
        day TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        number TEXT NOT NULL,
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        closed TEXT,
        channel TEXT NOT NULL CHECK (channel IN ('kiosk', 'phone', 'console', 'paper')),
        resident_id INTEGER REFERENCES residents(id),
        phone TEXT NOT NULL DEFAULT '',
        intent TEXT NOT NULL CHECK (intent <> ''),
        slots TEXT NOT NULL CHECK (json_type(slots) = 'object'),
        status TEXT NOT NULL CHECK (status IN
            ('new', 'accepted', 'dispatched', 'done', 'cancelled', 'failed')),
        kind TEXT NOT NULL CHECK (kind IN ('request', 'handed_over', 'emergency')),
        priority TEXT NOT NULL CHECK (priority IN ('ordinary', 'urgent', 'emergency')),
        note TEXT NOT NULL DEFAULT '',
        unfinished INTEGER NOT NULL DEFAULT 0 CHECK (unfinished IN (0, 1)),
        summary TEXT NOT NULL DEFAULT '',
        conversation_id TEXT REFERENCES conversations(id),
        version INTEGER NOT NULL DEFAULT 1, assigned TEXT NOT NULL DEFAULT '', acknowledged TEXT NOT NULL DEFAULT '', merged TEXT NOT NULL DEFAULT '', absorbed TEXT NOT NULL DEFAULT '',
        UNIQUE (day, seq),
        CHECK ((closed IS NOT NULL) = (status IN ('done', 'cancelled', 'failed')))
    ) STRICT
    ;
INSERT INTO "requests" VALUES(1,'11111111111111111111111111111111','2026-11-23',1,'1123-001','2026-11-23T01:04:00.000+00:00','2026-11-23T01:08:00.000+00:00','2026-11-23T01:07:00.000+00:00','phone',1,'','taxi','{"destination": "火车站", "passengers": 2}','done','request','ordinary','车要等我',0,'到火车站，一个人。','talk-1',5,'','','','');
INSERT INTO "requests" VALUES(2,'22222222222222222222222222222222','2026-11-23',2,'1123-002','2026-11-23T01:09:00.000+00:00','2026-11-22T06:05:40.569+00:00',NULL,'kiosk',NULL,'','meal','{"items": [{"name": "饺子", "quantity": 1.5}]}','new','handed_over','urgent','',1,'',NULL,2,'李静','','','');
INSERT INTO "requests" VALUES(3,'33333333333333333333333333333333','2026-11-23',3,'1123-003','2026-11-23T01:10:00.000+00:00','2026-11-23T01:11:00.000+00:00','2026-11-23T01:11:00.000+00:00','kiosk',NULL,'','activity','{}','cancelled','request','ordinary','',0,'',NULL,2,'','','','');
CREATE TABLE resident_phones (
        resident_id INTEGER NOT NULL REFERENCES residents(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        phone TEXT NOT NULL,
        PRIMARY KEY (resident_id, phone)
    ) STRICT
    ;
INSERT INTO "resident_phones" VALUES(1,0,'13812345678');
CREATE TABLE residents (
        id INTEGER PRIMARY KEY,
        card TEXT UNIQUE,
        name TEXT NOT NULL,
        called TEXT NOT NULL DEFAULT '',
        address TEXT NOT NULL DEFAULT '',
        dialect TEXT NOT NULL DEFAULT '',
        diet TEXT NOT NULL DEFAULT '',
        hospital TEXT NOT NULL DEFAULT '',
        wheelchair INTEGER NOT NULL DEFAULT 0 CHECK (wheelchair IN (0, 1)),
        lives_alone INTEGER NOT NULL DEFAULT 0 CHECK (lives_alone IN (0, 1)),
        profile TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(profile)),
        note TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    , village TEXT NOT NULL DEFAULT '') STRICT
    ;
INSERT INTO "residents" VALUES(1,'A017','王秀英','王奶奶','河口路3号院','','少盐','',0,0,'{"medicines": ["硝苯地平"]}','','2026-11-23T01:01:00.000+00:00','2026-11-23T01:01:00.000+00:00','');
CREATE TABLE satisfaction (
        request_id INTEGER PRIMARY KEY REFERENCES requests(id) ON DELETE CASCADE,
        score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 3),
        how TEXT NOT NULL CHECK (how IN ('key', 'word', 'staff')),
        at TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE settlements (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'),
        revision INTEGER NOT NULL CHECK (revision > 0),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        why TEXT NOT NULL DEFAULT '' CHECK (revision = 1 OR why <> ''),
        data TEXT NOT NULL CHECK (json_type(data) = 'object'),
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        UNIQUE (month, revision)
    ) STRICT
    ;
INSERT INTO "settlements" VALUES(1,'2026-11',1,'2026-11-23T01:00:00.000+00:00','wangfang','','{}','0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE staff (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        login TEXT NOT NULL UNIQUE CHECK (login <> ''),
        name TEXT NOT NULL CHECK (name <> ''),
        role TEXT NOT NULL CHECK (role IN ('staff', 'supervisor', 'auditor')),
        password TEXT NOT NULL DEFAULT '' CHECK (password = '' OR password LIKE '$argon2id$%'),
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        disabled TEXT
    ) STRICT
    ;
INSERT INTO "staff" VALUES(1,'lijing','李静','supervisor','$argon2id$v=19$m=64,t=1,p=1$Ekx4lEF9kSTrtYlM1nubyw$bVIZSTnirHi7/ueRSt+y9Z03kqGj4hyaiv04XoCAV7o','2026-11-23T01:30:00.000+00:00','2026-11-23T01:30:00.000+00:00',NULL);
INSERT INTO "staff" VALUES(2,'zhang','张伟','staff','','2026-11-23T01:30:00.000+00:00','2026-11-23T01:30:00.000+00:00',NULL);
CREATE TABLE staff_codes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code TEXT NOT NULL UNIQUE CHECK (length(code) = 64),
        staff_id INTEGER REFERENCES staff(id),
        created TEXT NOT NULL,
        expires TEXT NOT NULL,
        ended TEXT
    ) STRICT
    ;
INSERT INTO "staff_codes" VALUES(1,'2fc368836b43bfbdff4c0e4590e5d3b2e4a6fa0cc1cbfabd076446a693e84b75',NULL,'2026-11-23T01:30:00.000+00:00','2026-11-23T02:30:00.000+00:00','2026-11-23T01:30:00.000+00:00');
INSERT INTO "staff_codes" VALUES(2,'e0bfadaf4900e4eb80cbc746e9367e49daec63ba67c3f901a67e8c2f58f23417',2,'2026-11-23T01:30:00.000+00:00','2026-11-23T02:30:00.000+00:00',NULL);
CREATE TABLE staff_failures (
        login TEXT PRIMARY KEY,
        count INTEGER NOT NULL,
        last TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE staff_sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT NOT NULL UNIQUE CHECK (length(token) = 64),
        staff_id INTEGER NOT NULL REFERENCES staff(id),
        started TEXT NOT NULL,
        seen TEXT NOT NULL,
        expires TEXT NOT NULL,
        ended TEXT,
        device TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "staff_sessions" VALUES(1,'5e8e3ba632bd3eb2e7d29304adbaa3c6ffd978d060d4f22d5b0665af72309607',1,'2026-11-23T01:30:00.000+00:00','2026-11-23T01:30:00.000+00:00','2026-11-23T13:30:00.000+00:00',NULL,'Firefox');
CREATE TABLE time_entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        order_id INTEGER REFERENCES work_orders(id),
        what TEXT NOT NULL CHECK (what IN ('earned', 'corrected', 'spent')),
        minutes INTEGER NOT NULL CHECK (minutes <> 0),
        resident_id INTEGER REFERENCES residents(id) ON DELETE SET NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        note TEXT NOT NULL DEFAULT '',
        CHECK (what <> 'spent' OR (minutes < 0 AND order_id IS NULL))
    ) STRICT
    ;
INSERT INTO "time_entries" VALUES(1,'2026-11-23T01:00:00.000+00:00',1,1,'earned',30,NULL,'helper:1','');
CREATE TABLE utterances (
        id INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        alternatives TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(alternatives)),
        confidence REAL NOT NULL DEFAULT 0,
        guard TEXT NOT NULL DEFAULT '',
        asked TEXT NOT NULL DEFAULT '',
        said TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(said)),
        audio TEXT,
        audio_deleted TEXT,
        timing TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(timing)),
        UNIQUE (conversation_id, n)
    ) STRICT
    ;
INSERT INTO "utterances" VALUES(1,'talk-1',1,'2026-11-23T01:02:00.000+00:00','heard','我要叫车去火车站','["我要教车去火车站"]',0.8,'','','["到火车站，对不对？"]','2026/11/23/talk-1-001.ogg',NULL,'{"text_ready": 640.0}');
INSERT INTO "utterances" VALUES(2,'talk-1',2,'2026-11-23T01:03:00.000+00:00','heard','没问题','[]',0.9,'','confirm','["车叫好了。"]',NULL,NULL,'{}');
CREATE TABLE work_orders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL,
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        intent TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('visit', 'hour', 'item')),
        fen INTEGER CHECK (fen >= 0),
        round_to INTEGER NOT NULL CHECK (round_to > 0),
        rounding TEXT NOT NULL CHECK (rounding IN ('nearest', 'up', 'down')),
        nonce TEXT NOT NULL,
        expires TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN
            ('given', 'accepted', 'arrived', 'done', 'declined', 'revoked', 'void')),
        given TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        accepted TEXT,
        arrived TEXT,
        done TEXT,
        minutes INTEGER CHECK (minutes >= 0),
        items INTEGER NOT NULL DEFAULT 0 CHECK (items >= 0),
        version INTEGER NOT NULL DEFAULT 1,
        CHECK ((done IS NOT NULL) = (status IN ('done', 'void')))
    ) STRICT
    ;
INSERT INTO "work_orders" VALUES(1,'1123-001-1',1,1,'taxi','hour',0,30,'nearest','00','2026-11-23T01:00:00.000+00:00','done','2026-11-23T01:00:00.000+00:00','lijing','2026-11-23T01:00:00.000+00:00','2026-11-23T01:00:00.000+00:00','2026-11-23T01:00:00.000+00:00',30,1,1);
CREATE TABLE work_photos (
        step_id INTEGER PRIMARY KEY REFERENCES work_steps(id),
        at TEXT NOT NULL,
        jpeg BLOB NOT NULL
    ) STRICT
    ;
INSERT INTO "work_photos" VALUES(4,'2026-11-23T01:00:00.000+00:00',X'FFD8FFD9');
CREATE TABLE work_steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        order_id INTEGER NOT NULL REFERENCES work_orders(id),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what IN ('given', 'accepted', 'declined', 'arrived', 'done',
            'noted', 'revoked', 'reopened', 'corrected', 'void', 'link')),
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "work_steps" VALUES(1,1,'2026-11-23T01:00:00.000+00:00','helper:1','given','');
INSERT INTO "work_steps" VALUES(2,1,'2026-11-23T01:00:00.000+00:00','helper:1','accepted','');
INSERT INTO "work_steps" VALUES(3,1,'2026-11-23T01:00:00.000+00:00','helper:1','arrived','');
INSERT INTO "work_steps" VALUES(4,1,'2026-11-23T01:00:00.000+00:00','helper:1','done','');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX residents_name ON residents(name);
CREATE INDEX resident_phones_phone ON resident_phones(phone);
CREATE INDEX conversations_started ON conversations(started);
CREATE INDEX utterances_audio ON utterances(at) WHERE audio IS NOT NULL;
CREATE INDEX requests_number ON requests(number, id);
CREATE INDEX requests_created ON requests(created, id);
CREATE INDEX requests_status ON requests(status, created, id);
CREATE INDEX requests_resident ON requests(resident_id, created, id);
CREATE INDEX requests_conversation ON requests(conversation_id);
CREATE INDEX requests_open ON requests(created, id) WHERE closed IS NULL;
CREATE INDEX requests_closed ON requests(closed) WHERE closed IS NOT NULL;
CREATE INDEX erasures_day ON erasures(day);
CREATE TRIGGER events_never_vanish BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE request_id = OLD.request_id)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
    WHEN NEW.version <> 1 + COALESCE(
        (SELECT MAX(version) FROM events WHERE request_id = NEW.request_id), 0)
    BEGIN SELECT RAISE(ABORT, 'a version of the request is missing'); END;
CREATE TRIGGER requests_change_with_an_event BEFORE UPDATE ON requests
    WHEN NEW.version <> OLD.version + 1
        OR NOT EXISTS (
            SELECT 1 FROM events WHERE request_id = OLD.id AND version = NEW.version)
        OR NEW.id <> OLD.id OR NEW.uid <> OLD.uid OR NEW.number <> OLD.number
        OR NEW.created <> OLD.created
    BEGIN SELECT RAISE(ABORT, 'a request changes only with an event'); END;
CREATE TRIGGER requests_never_vanish BEFORE DELETE ON requests
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE request_id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'a request never vanishes'); END;
CREATE TRIGGER erasures_never_change BEFORE UPDATE ON erasures
    BEGIN SELECT RAISE(ABORT, 'erasures are append-only'); END;
CREATE TRIGGER erasures_never_vanish BEFORE DELETE ON erasures
    BEGIN SELECT RAISE(ABORT, 'erasures are append-only'); END;
CREATE INDEX callbacks_open ON callbacks(due, id) WHERE closed IS NULL;
CREATE INDEX callbacks_closed ON callbacks(closed) WHERE closed IS NOT NULL;
CREATE TRIGGER open_callbacks_never_vanish BEFORE DELETE ON callbacks
    WHEN OLD.closed IS NULL
    BEGIN SELECT RAISE(ABORT, 'somebody still waits for this call'); END;
CREATE UNIQUE INDEX events_undoes ON events(undoes) WHERE undoes IS NOT NULL;
CREATE INDEX requests_intent ON requests(intent, created, id);
CREATE INDEX requests_channel ON requests(channel, created, id);
CREATE INDEX requests_priority ON requests(priority, created, id);
CREATE INDEX requests_phone ON requests(phone) WHERE phone <> '';
CREATE INDEX staff_sessions_staff ON staff_sessions(staff_id) WHERE ended IS NULL;
CREATE INDEX audit_target ON audit(target, id);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_never_vanishes BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_a_chain BEFORE INSERT ON audit
    WHEN NEW.id <> 1 + COALESCE((SELECT MAX(id) FROM audit), 0)
        OR NEW.previous <> COALESCE((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'an audit entry continues the last one'); END;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    WHEN NOT EXISTS (SELECT 1 FROM anonymised WHERE request_id = OLD.request_id AND open = 1)
        OR NEW.id <> OLD.id OR NEW.request_id <> OLD.request_id OR NEW.version <> OLD.version
        OR NEW.at <> OLD.at OR NEW.what <> OLD.what
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE INDEX requests_merged ON requests(merged) WHERE merged <> '';
CREATE INDEX lessons_status ON lessons(status, id);
CREATE INDEX owed_calls_open ON owed_calls(not_before, id) WHERE closed IS NULL;
CREATE INDEX owed_calls_phone ON owed_calls(phone, tried);
CREATE INDEX owed_calls_request ON owed_calls(request_id) WHERE request_id IS NOT NULL;
CREATE TRIGGER open_owed_calls_never_vanish BEFORE DELETE ON owed_calls
    WHEN OLD.closed IS NULL
    BEGIN SELECT RAISE(ABORT, 'this call is still owed'); END;
CREATE UNIQUE INDEX desk_calls_desk ON desk_calls(desk) WHERE closed IS NULL;
CREATE UNIQUE INDEX desk_calls_phone ON desk_calls(phone) WHERE closed IS NULL;
CREATE INDEX desk_calls_request ON desk_calls(request_id) WHERE request_id IS NOT NULL;
CREATE INDEX desk_calls_callback ON desk_calls(callback_id) WHERE callback_id IS NOT NULL;
CREATE INDEX desk_calls_wanted ON desk_calls(wanted);
CREATE INDEX alarm_calls_open ON alarm_calls(id) WHERE ended IS NULL;
CREATE INDEX satisfaction_at ON satisfaction(at);
CREATE TRIGGER helpers_never_vanish BEFORE DELETE ON helpers
    BEGIN SELECT RAISE(ABORT, 'a helper is closed, not deleted: months were settled with them'); END;
CREATE UNIQUE INDEX work_orders_open ON work_orders(request_id)
    WHERE status IN ('given', 'accepted', 'arrived')
    ;
CREATE INDEX work_orders_request ON work_orders(request_id);
CREATE INDEX work_orders_helper ON work_orders(helper_id, status);
CREATE INDEX work_orders_done ON work_orders(done) WHERE done IS NOT NULL;
CREATE TRIGGER work_orders_never_vanish BEFORE DELETE ON work_orders
    BEGIN SELECT RAISE(ABORT, 'a work order is revoked or void, never deleted'); END;
CREATE INDEX work_steps_order ON work_steps(order_id, id);
CREATE TRIGGER work_steps_never_change BEFORE UPDATE ON work_steps
    WHEN NEW.id <> OLD.id OR NEW.order_id <> OLD.order_id OR NEW.at <> OLD.at
        OR NEW.by <> OLD.by OR NEW.what <> OLD.what OR (NEW.note <> OLD.note AND NEW.note <> '')
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER work_steps_never_vanish BEFORE DELETE ON work_steps
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE INDEX work_photos_at ON work_photos(at);
CREATE TRIGGER work_loses_what_was_told BEFORE DELETE ON requests
    BEGIN
        DELETE FROM work_photos WHERE step_id IN (SELECT work_steps.id FROM work_steps
            JOIN work_orders ON work_orders.id = order_id WHERE request_id = OLD.id);
        UPDATE work_steps SET note = '' WHERE order_id IN
            (SELECT id FROM work_orders WHERE request_id = OLD.id);
    END;
CREATE INDEX time_entries_helper ON time_entries(helper_id, id);
CREATE INDEX time_entries_order ON time_entries(order_id);
CREATE INDEX time_entries_resident ON time_entries(resident_id);
CREATE TRIGGER time_entries_never_change BEFORE UPDATE ON time_entries
    WHEN NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.helper_id <> OLD.helper_id
        OR NEW.order_id IS NOT OLD.order_id OR NEW.what <> OLD.what
        OR NEW.minutes <> OLD.minutes OR NEW.by <> OLD.by
        OR (NEW.resident_id IS NOT OLD.resident_id AND NEW.resident_id IS NOT NULL)
        OR (NEW.note <> OLD.note AND NEW.note <> '')
    BEGIN SELECT RAISE(ABORT, 'the time bank is append-only'); END;
CREATE TRIGGER time_entries_never_vanish BEFORE DELETE ON time_entries
    BEGIN SELECT RAISE(ABORT, 'the time bank is append-only'); END;
CREATE TRIGGER settlements_never_change BEFORE UPDATE ON settlements
    BEGIN SELECT RAISE(ABORT, 'a closed month does not change'); END;
CREATE TRIGGER settlements_never_vanish BEFORE DELETE ON settlements
    BEGIN SELECT RAISE(ABORT, 'a closed month does not change'); END;
CREATE INDEX facts_day ON facts(day);
CREATE INDEX facts_event ON facts(event);
CREATE TRIGGER a_score_is_a_fact AFTER INSERT ON satisfaction
    BEGIN UPDATE facts SET pleased = NEW.score WHERE request_id = NEW.request_id; END;
CREATE TRIGGER a_new_score_is_a_fact AFTER UPDATE ON satisfaction
    BEGIN UPDATE facts SET pleased = NEW.score WHERE request_id = NEW.request_id; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('requests',3);
INSERT INTO "sqlite_sequence" VALUES('events',9);
INSERT INTO "sqlite_sequence" VALUES('callbacks',1);
INSERT INTO "sqlite_sequence" VALUES('audit',4);
INSERT INTO "sqlite_sequence" VALUES('staff_codes',2);
INSERT INTO "sqlite_sequence" VALUES('staff',2);
INSERT INTO "sqlite_sequence" VALUES('staff_sessions',1);
INSERT INTO "sqlite_sequence" VALUES('owed_calls',1);
INSERT INTO "sqlite_sequence" VALUES('helpers',1);
INSERT INTO "sqlite_sequence" VALUES('work_orders',1);
INSERT INTO "sqlite_sequence" VALUES('work_steps',4);
INSERT INTO "sqlite_sequence" VALUES('time_entries',1);
INSERT INTO "sqlite_sequence" VALUES('settlements',1);
COMMIT;
PRAGMA user_version = 5;
